import type { Diagnostic } from "./pack.ts";

/** What a pack says about the exception that let a violation pass. */
export interface Waiver {
  /** Year, month, day. */
  expires: string;
  owner: string;
  reason: string;
  /** The violation. */
  message: string;
}

/**
 * A pack tells the use of a waiver by an advisory that begins `waived until DATE by OWNER: REASON`, the violation in
 * the lines after it. @returns undefined for anything else.
 */
export function waiverOf({ level, message }: Diagnostic): Waiver | undefined {
  if (level !== "advisory") return undefined;
  const [, expires, owner, reason, rest] =
    /^waived until (\S+) by (.+?): ([^\n]*)\n?(.*)$/s.exec(message) ?? [];
  if (expires === undefined) return undefined;
  return { expires, owner: owner ?? "", reason: reason ?? "", message: rest ?? "" };
}

/**
 * Why a rule could not look yet: the SDK's own words for a rule that met an unknown value, and those of a pack that
 * tells it itself. @returns undefined for anything else.
 */
export function atApplyReason({ level, message }: Diagnostic): string | undefined {
  if (level !== "advisory") return undefined;
  const [, reason] =
    /^can't run (?:policy|remediation) .* during preview: (.*)$/s.exec(message) ??
    /^to be checked at apply: (.*)$/s.exec(message) ??
    [];
  return reason === undefined ? undefined : `to be checked at apply: ${reason}`;
}
