import type { Input, Resource } from "@pulumi/pulumi";
import type { Grant, WorkloadIdentity } from "../../cloud.ts";
import type { AzureContext } from "./foundation.ts";
import { assignRole, type RoleName } from "./roles.ts";

export interface GrantTarget {
  /** Part of the name of the role assignment. */
  name: string;
  /** Id of the resource that the role holds for. */
  scope: Input<string>;
  /** Must exist before the role can be given on it. */
  resource: Resource;
}

/**
 * Gives a workload a role on each target; the workload starts after that.
 * @throws Error for an identity that this stack's cluster did not make.
 */
export function grantRoles(
  context: AzureContext,
  identity: WorkloadIdentity,
  role: RoleName,
  targets: GrantTarget[],
): Grant {
  const principalId = context.principalIds.get(identity.name);
  if (principalId === undefined)
    throw new Error(`workload ${identity.name} has no managed identity of this stack`);
  const access = /(Reader|Secrets User)$/.test(role) ? "read" : "write";
  const resources = targets.map(({ name, scope, resource }) =>
    assignRole(context, `identity-${identity.name}-${name}-${access}`, {
      role,
      scope,
      principalId,
      options: { dependsOn: [resource] },
    }),
  );
  identity.dependsOn.push(...resources);
  return { state: "granted", resources };
}
