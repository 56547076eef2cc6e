import { AgentPool, type AgentPoolArgs } from "@pulumi/azure-native/containerservice/agentPool.js";
import type { Resource } from "@pulumi/pulumi";
import type { GpuNodes } from "../../cloud.ts";
import { labelledGpuNodes } from "../../kubernetes/create-kubernetes-cluster.ts";
import type { AzureCluster } from "./cluster.ts";
import type { AzureContext } from "./foundation.ts";
import { gpuInstanceProfile } from "./gpu-sharing.ts";
import { kubernetesVersion } from "./kubernetes-version.ts";
import type { AzureNetwork } from "./network.ts";
import type { PlannedGpuPool } from "./node-plan.ts";
import { hasTrustedLaunch } from "./trusted-launch.ts";

/** What AKS puts on spot nodes by itself; told, so that a refresh finds no difference. */
export const spotMark = { key: "kubernetes.azure.com/scalesetpriority", value: "spot", effect: "NoSchedule" };

/** Where pods that ask for a GPU of a pool go, spot nodes included. */
export function gpuNodes(pool: string): GpuNodes {
  const { nodeSelector, tolerations } = labelledGpuNodes(pool);
  return { nodeSelector, tolerations: [...tolerations, { ...spotMark, operator: "Equal" }] };
}

/** The pool that ordinary workloads run on, and one for each of `skyloom:gpuPools`. */
export function createNodePools(
  context: AzureContext,
  cluster: AzureCluster,
  network: AzureNetwork,
): Resource[] {
  return [createGeneralPool(context, cluster, network), ...createGpuPools(context, cluster, network)];
}

function createGeneralPool(context: AzureContext, cluster: AzureCluster, network: AzureNetwork): AgentPool {
  const { machine, minimum, maximum, diskGib } = context.nodes.general;
  return createPool(
    context,
    cluster,
    "general",
    { minimum, maximum },
    {
      vmSize: machine.machineType,
      ...(context.production && { availabilityZones: ["1", "2", "3"] }),
      osDiskSizeGB: diskGib,
      vnetSubnetID: network.nodes.id,
      securityProfile: { enableSecureBoot: true, enableVTPM: true },
      nodeLabels: { "skyloom.dev/pool": "general" },
      upgradeSettings: { maxSurge: "33%" },
    },
  );
}

function createGpuPools(context: AzureContext, cluster: AzureCluster, network: AzureNetwork): AgentPool[] {
  return context.nodes.gpu.map((pool) =>
    createPool(context, cluster, pool.name, pool, {
      vmSize: pool.machine.machineType,
      ...(pool.zones && { availabilityZones: pool.zones }),
      osDiskSizeGB: pool.diskGib,
      vnetSubnetID: network.nodes.id,
      ...gpuSettings(pool),
      ...(pool.spot && { scaleSetPriority: "Spot", scaleSetEvictionPolicy: "Delete", spotMaxPrice: -1 }),
      nodeLabels: {
        "skyloom.dev/pool": pool.name,
        "skyloom.dev/accelerator": pool.accelerator,
        ...(pool.spot && { [spotMark.key]: spotMark.value }),
      },
      nodeTaints: [
        "nvidia.com/gpu=present:NoSchedule",
        ...(pool.spot ? [`${spotMark.key}=${spotMark.value}:${spotMark.effect}`] : []),
      ],
      // A spot pool has no surge, and one more GPU is what a quota seldom allows.
      ...(!pool.spot && { upgradeSettings: { maxSurge: "0", maxUnavailable: "1" } }),
    }),
  );
}

/**
 * AKS installs the driver, which is not signed for secure boot (MicrosoftDocs/azure-aks-docs,
 * articles/aks/use-trusted-launch.md at 00c58569b8dec67e68820f845660386c6f719656).
 */
function gpuSettings({ machine, sharing }: PlannedGpuPool): Partial<AgentPoolArgs> {
  const profile = gpuInstanceProfile(sharing);
  return {
    gpuProfile: { driver: "Install" },
    ...(profile !== undefined && { gpuInstanceProfile: profile }),
    securityProfile: { enableSecureBoot: false, enableVTPM: hasTrustedLaunch(machine.machineType) },
  };
}

type Unchangeable =
  | "vmSize"
  | "osDiskSizeGB"
  | "availabilityZones"
  | "scaleSetPriority"
  | "gpuInstanceProfile";

function createPool(
  { inGroup, names, parent, placed }: AzureContext,
  { resource }: AzureCluster,
  name: string,
  { minimum, maximum }: { minimum: number; maximum: number },
  {
    vmSize,
    osDiskSizeGB,
    availabilityZones,
    scaleSetPriority,
    gpuInstanceProfile: gpu,
    ...rest
  }: Partial<AgentPoolArgs>,
): AgentPool {
  const unchangeable = Object.fromEntries(
    Object.entries({
      vmSize,
      osDiskSizeGB,
      availabilityZones,
      scaleSetPriority,
      gpuInstanceProfile: gpu,
    }).filter(([, value]) => value !== undefined),
  ) as Pick<AgentPoolArgs, Unchangeable>;
  return new AgentPool(
    `pool-${name}`,
    {
      ...inGroup,
      resourceName: resource.name,
      agentPoolName: names.pool(name, unchangeable),
      mode: "User",
      type: "VirtualMachineScaleSets",
      osType: "Linux",
      osSKU: "Ubuntu",
      count: minimum,
      minCount: minimum,
      maxCount: maximum,
      enableAutoScaling: true,
      orchestratorVersion: kubernetesVersion,
      enableNodePublicIP: false,
      enableEncryptionAtHost: true,
      scaleDownMode: "Delete",
      ...unchangeable,
      ...rest,
      tags: placed.tags,
    },
    // The count is the autoscaler's. A cluster that is deleted takes its pools with it.
    { parent, deletedWith: resource, ignoreChanges: ["count"] },
  );
}
