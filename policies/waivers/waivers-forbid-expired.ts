import type { StackRule } from "../rule.ts";

export const waiversForbidExpired: StackRule = {
  name: "waivers-forbid-expired",
  description: "No waiver is older than the day that it was given for.",
  severity: "medium",
  remediationSteps:
    "Mend what was waived and remove the waiver, or let its owner give it anew with another day.",
  checkStack(stack, report) {
    for (const { place, rule, resources, owner, expires } of stack.waivers.expired())
      report(
        `${place}: the waiver of ${owner} from ${rule} for ${resources.join(", ")} expired on ${expires}`,
      );
  },
};
