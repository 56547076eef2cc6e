import { Tag } from "@pulumi/aws/autoscaling/tag.js";
import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate.js";
import type { Cluster } from "@pulumi/aws/eks/cluster.js";
import { NodeGroup } from "@pulumi/aws/eks/nodeGroup.js";
import type { Resource } from "@pulumi/pulumi";
import type { AwsContext } from "./foundation.ts";
import type { AwsNetwork } from "./network.ts";
import { POOL_LABEL, poolScaling } from "./pool-sizes.ts";
import { createRole, type ServiceRole } from "./roles.ts";

export interface NodePoolParts {
  cluster: Cluster;
  network: AwsNetwork;
  /** Add-ons that a node needs. */
  addons: Resource[];
}

interface Pool {
  name: string;
  minimum: number;
  maximum: number;
  machineType: string;
  diskGib: number;
  spot: boolean;
  zones: string[];
  imageType: "AL2023_x86_64_STANDARD" | "AL2023_x86_64_NVIDIA";
  labels: Record<string, string>;
  taints: { key: string; value: string; effect: string }[];
}

/**
 * The general pool, and one for each kind of GPU. The engine names them, so that a pool which has to be replaced gets
 * its successor first. A change of machine type or disk is a new version of the launch template, which EKS rolls out
 * node by node.
 */
export function createNodePools(context: AwsContext, parts: NodePoolParts): Resource[] {
  const role = createRole(context, "nodes", {
    service: "ec2.amazonaws.com",
    managedPolicies: [
      "AmazonEKSWorkerNodePolicy",
      "AmazonEC2ContainerRegistryReadOnly",
      "AmazonEKS_CNI_Policy",
    ],
  });
  return [generalPool(context), ...gpuPools(context)].flatMap((pool) =>
    createPool(context, parts, role, pool),
  );
}

function generalPool({ settings, generalMachine, clusterZones }: AwsContext): Pool {
  const { minimum, maximum, diskGib } = settings.generalPool;
  return {
    name: "general",
    minimum,
    maximum,
    machineType: generalMachine.machineType,
    diskGib,
    spot: false,
    zones: clusterZones,
    imageType: "AL2023_x86_64_STANDARD",
    labels: { [POOL_LABEL]: "general" },
    taints: [],
  };
}

/** The image brings driver and container toolkit; the device plugin comes by device-plugin.ts. */
function gpuPools({ gpuPools }: AwsContext): Pool[] {
  return gpuPools.map(({ settings: pool, machine, zones }) => ({
    name: pool.name,
    minimum: pool.minimum,
    maximum: pool.maximum,
    machineType: machine.machineType,
    diskGib: pool.diskGib,
    spot: pool.spot,
    zones,
    imageType: "AL2023_x86_64_NVIDIA",
    labels: { [POOL_LABEL]: pool.name, "skyloom.dev/accelerator": pool.accelerator },
    taints: [{ key: "nvidia.com/gpu", value: "present", effect: "NO_SCHEDULE" }],
  }));
}

function createPool(context: AwsContext, parts: NodePoolParts, role: ServiceRole, pool: Pool): Resource[] {
  const { parent, poolSizes, tags } = context;
  const { cluster, network, addons } = parts;
  const { scaling, ignoreChanges } = poolScaling(pool, poolSizes.get(pool.name));
  const template = createTemplate(context, pool);
  const group = new NodeGroup(
    `pool-${pool.name}`,
    {
      clusterName: cluster.name,
      // Follows the control plane; EKS refuses nodes newer than it.
      version: cluster.version,
      nodeRoleArn: role.role.arn,
      subnetIds: pool.zones.flatMap((zone) => network.privateSubnets.get(zone)?.id ?? []),
      amiType: pool.imageType,
      capacityType: pool.spot ? "SPOT" : "ON_DEMAND",
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      scalingConfig: scaling,
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
      labels: pool.labels,
      taints: pool.taints,
      tags,
    },
    {
      parent,
      ignoreChanges,
      dependsOn: [...role.ready, ...network.ready, ...addons],
      customTimeouts: { create: "30m", update: "2h", delete: "45m" },
    },
  );
  tagForAutoscaler(context, group, pool);
  return [group];
}

function createTemplate({ names, parent, tags }: AwsContext, pool: Pool): LaunchTemplate {
  const named = { ...tags, Name: `${names.cluster}-${pool.name}` };
  return new LaunchTemplate(
    `pool-${pool.name}`,
    {
      instanceType: pool.machineType,
      updateDefaultVersion: true,
      // One hop: the node itself gets to its credentials, the pods on it do not.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeType: "gp3",
            volumeSize: pool.diskGib,
            encrypted: "true",
            deleteOnTermination: "true",
          },
        },
      ],
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
        resourceType,
        tags: named,
      })),
      tags: named,
    },
    { parent },
  );
}

/**
 * Tells the cluster autoscaler what a node of the pool will look like while there is none
 * (kubernetes/autoscaler, cluster-autoscaler/cloudprovider/aws/README.md). EKS tags the group as the cluster's itself.
 */
function tagForAutoscaler({ parent }: AwsContext, group: NodeGroup, pool: Pool): void {
  const prefix = "k8s.io/cluster-autoscaler/node-template";
  const entries: [name: string, key: string, value: string][] = [
    ...Object.entries(pool.labels).map(([key, value]): [string, string, string] => [
      `label-${key.split("/").at(-1)}`,
      `${prefix}/label/${key}`,
      value,
    ]),
    ...pool.taints.map(({ key, value }): [string, string, string] => [
      `taint-${key.split("/").at(-1)}`,
      `${prefix}/taint/${key}`,
      `${value}:NoSchedule`,
    ]),
    ["resource-disk", `${prefix}/resources/ephemeral-storage`, `${pool.diskGib}Gi`],
  ];
  const autoscalingGroupName = group.resources.apply(
    (resources) => resources[0]?.autoscalingGroups[0]?.name ?? "",
  );
  for (const [name, key, value] of entries)
    new Tag(
      `pool-${pool.name}-${name}`,
      // EKS gives labels and taints to the nodes by itself.
      { autoscalingGroupName, tag: { key, value, propagateAtLaunch: false } },
      { parent },
    );
}
