import { Account } from "@pulumi/gcp/serviceaccount/account.js";
import { IAMMember } from "@pulumi/gcp/serviceaccount/iammember.js";
import type { Resource } from "@pulumi/pulumi";
import type { CloudIdentity } from "../../kubernetes/create-kubernetes-cluster.ts";
import type { GcpContext } from "./foundation.ts";

/**
 * A service account for a workload, which the workload's Kubernetes service account may act as: no key exists. The pool
 * of Kubernetes identities comes into being with the cluster.
 */
export function createIdentity(
  { names, parent, project, settings }: GcpContext,
  cluster: Resource,
  workload: string,
  serviceAccount: { namespace: string; name: string },
): CloudIdentity {
  const account = new Account(
    `identity-${workload}`,
    {
      project: project.id,
      accountId: names.workloadAccount(workload),
      displayName: `${workload} of stack ${settings.stack}`.slice(0, 100),
    },
    { parent },
  );
  const federation = new IAMMember(
    `identity-${workload}-federation`,
    {
      serviceAccountId: account.name,
      role: "roles/iam.workloadIdentityUser",
      member: `serviceAccount:${project.id}.svc.id.goog[${serviceAccount.namespace}/${serviceAccount.name}]`,
    },
    { parent, dependsOn: cluster },
  );
  return {
    principal: account.email,
    dependsOn: [federation],
    annotations: { "iam.gke.io/gcp-service-account": account.email },
  };
}
