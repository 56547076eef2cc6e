import { Addon } from "@pulumi/aws/eks/addon.js";
import type { Cluster } from "@pulumi/aws/eks/cluster.js";
import { getAddonVersionOutput } from "@pulumi/aws/eks/getAddonVersion.js";
import type { Resource } from "@pulumi/pulumi";
import type { AwsContext } from "./foundation.ts";
import { kubernetesVersion } from "./kubernetes-version.ts";
import { createRole } from "./roles.ts";

interface AddonSettings {
  configuration?: object;
  dependsOn?: Resource[];
}

/** What a node needs to become ready; each is there before the first node, and no node outlives it. */
export function createNodeAddons(context: AwsContext, cluster: Cluster): Resource[] {
  const add = (name: string, settings: AddonSettings = {}) => createAddon(context, cluster, name, settings);
  return [
    // Pods get addresses of the VPC; the same add-on enforces network policies.
    add("vpc-cni", { configuration: { enableNetworkPolicy: "true" } }),
    add("kube-proxy"),
    add("eks-pod-identity-agent"),
    // Tells the node repair of broken GPUs, disks and networks, of which the kubelet says nothing.
    add("eks-node-monitoring-agent"),
  ];
}

/** What runs as Deployments: it becomes healthy only where there are nodes. */
export function createClusterAddons(
  context: AwsContext,
  cluster: Cluster,
  dependsOn: Resource[],
): Resource[] {
  return [
    createAddon(context, cluster, "coredns", { dependsOn }),
    createVolumeDriver(context, cluster, dependsOn),
  ];
}

/** Volumes for claims. Its controller may do what AWS's policy for it says, by an identity of its own. */
function createVolumeDriver(context: AwsContext, cluster: Cluster, dependsOn: Resource[]): Addon {
  const { role, ready } = createRole(context, "ebs-csi", {
    service: "pods.eks.amazonaws.com",
    actions: ["sts:AssumeRole", "sts:TagSession"],
    managedPolicies: ["service-role/AmazonEBSCSIDriverPolicy"],
  });
  return new Addon(
    "addon-ebs-csi",
    {
      ...addonInputs(context, cluster, "aws-ebs-csi-driver"),
      podIdentityAssociations: [{ serviceAccount: "ebs-csi-controller-sa", roleArn: role.arn }],
    },
    { parent: context.parent, dependsOn: [...ready, ...dependsOn] },
  );
}

function createAddon(context: AwsContext, cluster: Cluster, name: string, settings: AddonSettings): Addon {
  const { configuration, dependsOn = [] } = settings;
  return new Addon(
    `addon-${name}`,
    {
      ...addonInputs(context, cluster, name),
      ...(configuration && { configurationValues: JSON.stringify(configuration) }),
    },
    { parent: context.parent, dependsOn },
  );
}

/** The version that AWS recommends for the cluster's: an upgrade of Kubernetes takes the add-ons along. */
function addonInputs({ parent, tags }: AwsContext, cluster: Cluster, addonName: string) {
  const { version } = getAddonVersionOutput({ addonName, kubernetesVersion }, { parent });
  return {
    clusterName: cluster.name,
    addonName,
    addonVersion: version,
    resolveConflictsOnCreate: "OVERWRITE",
    // What somebody set by hand in the cluster stays.
    resolveConflictsOnUpdate: "PRESERVE",
    tags,
  };
}
