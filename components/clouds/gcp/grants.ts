import { type Input, interpolate, type Resource } from "@pulumi/pulumi";
import type { Grant, WorkloadIdentity } from "../../cloud.ts";

/**
 * Gives the identity what `give` declares for it, as member of IAM policies; the workload waits for that.
 */
export function grant(identity: WorkloadIdentity, give: (member: Input<string>) => Resource[]): Grant {
  if (identity.principal === undefined)
    return { state: "not-applicable", reason: `${identity.name} has no service account at Google Cloud` };
  const resources = give(interpolate`serviceAccount:${identity.principal}`);
  identity.dependsOn.push(...resources);
  return { state: "granted", resources };
}
