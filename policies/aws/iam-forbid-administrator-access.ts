import { listOf } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { attachments } from "./policy-attachments.ts";
import { role } from "./types.ts";

/** The policy is attached by a resource of its own, or in the role. */
export const iamForbidAdministratorAccess: ResourceRule = {
  name: "iam-forbid-administrator-access",
  description: "Nobody gets AdministratorAccess.",
  severity: "critical",
  remediationSteps: "Attach a policy that names the actions and the resources that are needed.",
  types: [...attachments, role],
  check({ props }, report) {
    const arns = [...listOf(props.policyArn), ...listOf(props.managedPolicyArns)];
    if (arns.some((arn) => /\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/.test(arn)))
      report("AdministratorAccess, or what leads to it, is attached");
  },
};
