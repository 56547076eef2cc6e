import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import type { Resource } from "@pulumi/pulumi";
import type { AwsContext } from "./foundation.ts";

export interface ServiceRole {
  role: Role;
  /** The role with what it is allowed: depend on these, so that it can do its work until the end. */
  ready: Resource[];
}

export interface RoleSettings {
  /** Service that acts as the role, e.g. `ec2.amazonaws.com`. */
  service: string;
  actions?: string[];
  /** Further limits on who may act as the role. */
  condition?: object;
  /** Names of AWS's own policies. */
  managedPolicies?: string[];
}

export function createRole(context: AwsContext, purpose: string, settings: RoleSettings): ServiceRole {
  const { names, parent, tags } = context;
  const { service, actions = ["sts:AssumeRole"], condition, managedPolicies = [] } = settings;
  const role = new Role(
    purpose,
    {
      name: names.role(purpose),
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: service },
            Action: actions,
            ...(condition && { Condition: condition }),
          },
        ],
      }),
      tags,
    },
    { parent },
  );
  const attachments = managedPolicies.map(
    (name) =>
      new RolePolicyAttachment(
        `${purpose}-${name.split("/").at(-1)}`,
        { role: role.name, policyArn: context.managedPolicy(name) },
        { parent },
      ),
  );
  return { role, ready: [role, ...attachments] };
}
