import type { Cluster } from "@pulumi/aws/eks/cluster.js";
import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation.js";
import type { Output, Resource } from "@pulumi/pulumi";
import type { WorkloadIdentity } from "../../cloud.ts";
import type { CloudIdentity } from "../../kubernetes/create-kubernetes-cluster.ts";
import type { AwsContext } from "./foundation.ts";
import { createRole } from "./roles.ts";

/** Role names by the ARNs that are the workloads' principals: policies are attached by name. */
const roleNames = new WeakMap<Output<string>, Output<string>>();

/**
 * A role for a workload, which only its service account in this cluster may act as, by EKS Pod Identity: no key exists
 * (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html).
 */
export function createIdentity(
  context: AwsContext,
  cluster: Cluster,
  agent: Resource[],
  workload: string,
  serviceAccount: { namespace: string; name: string },
): CloudIdentity {
  const { names, parent, tags } = context;
  const { role } = createRole(context, `identity-${workload}`, {
    service: "pods.eks.amazonaws.com",
    actions: ["sts:AssumeRole", "sts:TagSession"],
    condition: {
      StringEquals: {
        "aws:RequestTag/eks-cluster-name": names.cluster,
        "aws:RequestTag/kubernetes-namespace": serviceAccount.namespace,
        "aws:RequestTag/kubernetes-service-account": serviceAccount.name,
      },
    },
  });
  const association = new PodIdentityAssociation(
    `identity-${workload}`,
    {
      clusterName: cluster.name,
      namespace: serviceAccount.namespace,
      serviceAccount: serviceAccount.name,
      roleArn: role.arn,
      tags,
    },
    { parent, dependsOn: agent },
  );
  roleNames.set(role.arn, role.name);
  return { principal: role.arn, dependsOn: [association] };
}

/** The name of a workload's role. @throws Error for an identity of another cloud. */
export function roleNameOf({ name, principal }: WorkloadIdentity): Output<string> {
  const role = principal === undefined ? undefined : roleNames.get(principal);
  if (role === undefined) throw new Error(`workload ${name} has no IAM role of this stack`);
  return role;
}
