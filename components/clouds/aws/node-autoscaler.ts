import type { Cluster } from "@pulumi/aws/eks/cluster.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import type { Provider } from "@pulumi/kubernetes/provider.js";
import type { Resource } from "@pulumi/pulumi";
import { installChart } from "../../kubernetes/install-chart.ts";
import type { AwsContext } from "./foundation.ts";
import { createIdentity, roleNameOf } from "./identity.ts";
import { kubernetesVersion } from "./kubernetes-version.ts";

const NAME = "cluster-autoscaler";
/** Of https://kubernetes.github.io/autoscaler, with the image of the cluster's own minor version. */
const CHART = "9.59.0";
const USAGE = { cpu: "100m", memory: "600Mi" };

export interface NodeAutoscalerParts {
  provider: Provider;
  cluster: Cluster;
  /** What gives pods their roles. */
  agent: Resource[];
  /** It runs on a node of the general pool. */
  pools: Resource[];
}

/**
 * The cluster autoscaler: managed node groups do not change their size by themselves. It finds the stack's groups by the
 * tags that EKS puts on them.
 */
export function createNodeAutoscaler(context: AwsContext, parts: NodeAutoscalerParts): Resource {
  const { names, parent, region } = context;
  const { provider, cluster, agent, pools } = parts;
  const identity = createIdentity(context, cluster, agent, NAME, { namespace: NAME, name: NAME });
  const grant = allowScaling(context, roleNameOf({ name: NAME, ...identity }));
  return installChart(
    {
      chart: "cluster-autoscaler",
      repository: "https://kubernetes.github.io/autoscaler",
      version: CHART,
      namespace: NAME,
      // Of its metrics.
      ports: [8085],
      values: {
        fullnameOverride: NAME,
        cloudProvider: "aws",
        awsRegion: region,
        autoDiscovery: { clusterName: names.cluster },
        image: { tag: `v${kubernetesVersion}.0` },
        rbac: { serviceAccount: { name: NAME } },
        extraArgs: {
          expander: "least-waste",
          "skip-nodes-with-system-pods": false,
          "skip-nodes-with-local-storage": false,
          "scale-down-unneeded-time": "10m",
        },
        priorityClassName: "system-cluster-critical",
        resources: { requests: USAGE, limits: { memory: USAGE.memory } },
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65_534,
          runAsGroup: 65_534,
          seccompProfile: { type: "RuntimeDefault" },
        },
        containerSecurityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    },
    {
      provider,
      parent,
      deletedWith: cluster,
      dependsOn: [...pools, ...identity.dependsOn, grant],
    },
  );
}

/**
 * Changes the size of this cluster's groups only; what it reads, AWS limits to no group
 * (kubernetes/autoscaler, cluster-autoscaler/cloudprovider/aws/README.md, "IAM Policy").
 */
function allowScaling(
  { names, arn, parent }: AwsContext,
  role: ConstructorParameters<typeof RolePolicy>[1]["role"],
): RolePolicy {
  const statements = [
    {
      Effect: "Allow",
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:DescribeTags",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
      ],
      Resource: "*",
    },
    {
      Effect: "Allow",
      Action: ["eks:DescribeNodegroup"],
      Resource: arn("eks", `nodegroup/${names.cluster}/*`),
    },
    {
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: "*",
      Condition: {
        StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${names.cluster}`]: "owned" },
      },
    },
  ];
  return new RolePolicy(
    NAME,
    { name: "scale-nodes", role, policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }) },
    { parent },
  );
}
