import { matchesPattern } from "../pattern.ts";

/** An exception from one rule, until a day. */
export interface Waiver {
  rule: string;
  /** Names or URNs, `*` standing for any text. */
  resources: readonly string[];
  /** Whether it is not unused where no such resource is. */
  mayBeAbsent: boolean;
  /** Names of stacks, `*` standing for any text. */
  stack: string;
  reason: string;
  owner: string;
  /** The last day that it holds, in UTC: 2027-01-31. */
  expires: string;
  /** Where it stands, for messages: `stacks/waivers.yaml:3`. */
  place: string;
}

export function isExpired({ expires }: Waiver, now: Date): boolean {
  return now.toISOString().slice(0, 10) > expires;
}

/** Whether it is about this stack; where the stack's name is not known, it may be. */
export function concernsStack({ stack }: Waiver, name: string | undefined): boolean {
  return name === undefined || matchesPattern(stack, name);
}

/** Whether it is about this resource. */
export function concernsResource({ resources }: Waiver, urn: string): boolean {
  const name = urn.split("::").slice(3).join("::");
  return resources.some((pattern) => matchesPattern(pattern, name) || matchesPattern(pattern, urn));
}
