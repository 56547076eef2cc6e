import type { StackRule } from "../rule.ts";

/** The last of all rules: it counts what the others waived. */
export const waiversForbidUnused: StackRule = {
  name: "waivers-forbid-unused",
  description: "Every waiver is still needed.",
  severity: "low",
  remediationSteps: "Remove the waiver; where it is for other stacks only, name them in `stack`.",
  checkStack(stack, report) {
    for (const { place, rule, resources, owner } of stack.waivers.unused(
      stack.resources.map(({ urn }) => urn),
    ))
      report(`${place}: the waiver of ${owner} from ${rule} for ${resources.join(", ")} waives nothing`);
  },
};
