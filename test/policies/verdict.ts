import { AT_APPLY, WAIVED } from "../../policies/to-policy.ts";
import type { Diagnostic } from "./analyze.ts";

/** What a rule says of a case, all its messages together. */
export type Verdict = "compliant" | "violating" | "unknown" | "waived" | "mixed";

export function verdictOf(diagnostics: Diagnostic[]): Verdict {
  const kinds = new Set(diagnostics.map(kindOf));
  const [kind] = kinds;
  if (kinds.size > 1) return "mixed";
  return kind ?? "compliant";
}

function kindOf({ level, message }: Diagnostic): "violating" | "unknown" | "waived" {
  const [, second = ""] = message.split("\n");
  if (second.startsWith(`${AT_APPLY}: `) && level === "advisory") return "unknown";
  if (second.startsWith(`${WAIVED} `) && level === "advisory") return "waived";
  return "violating";
}
