import { listOf } from "../property-path.ts";
import type { Properties, ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { allows, hasWildcard, statementsOf } from "./policy-document.ts";

export const iamForbidWildcardPolicies: ResourceRule = {
  name: "iam-forbid-wildcard-policies",
  description: "No policy allows every action on every resource.",
  severity: "critical",
  remediationSteps: "Name the actions and the resources that are needed.",
  types: [
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iam/role:Role",
  ],
  check({ props }, report) {
    // A role holds policies of its own in a list.
    const holders: Properties[] = [props, ...listOf(props.inlinePolicies)];
    checkEach(holders, (holder) => {
      for (const statement of statementsOf(holder.policy))
        if (allows(statement) && hasWildcard(statement.Action) && hasWildcard(statement.Resource))
          report(`statement ${statement.Sid ?? "without Sid"} allows Action * on Resource *`);
    });
  },
};
