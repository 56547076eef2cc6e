import type { Cluster } from "@pulumi/gcp/container/cluster.js";
import { NodePool } from "@pulumi/gcp/container/nodePool.js";
import type * as inputs from "@pulumi/gcp/types/input.js";
import type { Resource } from "@pulumi/pulumi";
import { zonesOfRegion } from "./accelerator-zones.ts";
import type { GcpContext } from "./foundation.ts";
import { sharingInputs } from "./gpu-sharing.ts";
import { acceleratorType, bootDiskType } from "./machine-types.ts";
import type { NodeAccount } from "./node-account.ts";
import type { PlannedPool } from "./preflight.ts";

/** Zones that a regional cluster has by default (https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters). */
const ZONES_OF_A_CLUSTER = 3;

/**
 * The general pool, and one for each kind of GPU. The engine names them, so that a pool which has to be replaced gets
 * its successor first. Each belongs to the autoscaler, which decides on its number of nodes.
 */
export function createNodePools(context: GcpContext, cluster: Cluster, nodeAccount: NodeAccount): Resource[] {
  return [
    createPool(context, cluster, nodeAccount, generalPool(context)),
    ...context.gpuPools.map((pool) => createPool(context, cluster, nodeAccount, gpuPool(context, pool))),
  ];
}

interface Pool {
  name: string;
  minimum: number;
  maximum: number;
  machineType: string;
  diskGib: number;
  spot: boolean;
  zones: string[] | undefined;
  locationPolicy: "BALANCED" | "ANY";
  /** Whether a spare node helps an upgrade along; spare GPUs are rare. */
  surge: boolean;
  nodeConfig: inputs.container.NodePoolNodeConfig;
}

function generalPool({ settings, generalMachine }: GcpContext): Pool {
  const { minimum, maximum, diskGib } = settings.generalPool;
  return {
    name: "general",
    minimum,
    maximum,
    machineType: generalMachine.machineType,
    diskGib,
    spot: false,
    zones: undefined,
    locationPolicy: "BALANCED",
    surge: true,
    nodeConfig: { labels: { "skyloom.dev/pool": "general" } },
  };
}

/** GKE installs the driver and its own device plugin; the driver is signed, so it loads under secure boot. */
function gpuPool(_: GcpContext, { settings: pool, machine, zones }: PlannedPool): Pool {
  const { name, accelerator, minimum, maximum, diskGib, spot } = pool;
  return {
    name,
    minimum,
    maximum,
    machineType: machine.machineType,
    diskGib,
    spot,
    zones,
    locationPolicy: "ANY",
    surge: false,
    nodeConfig: {
      labels: { "skyloom.dev/pool": name, "skyloom.dev/accelerator": accelerator },
      taints: [{ key: "nvidia.com/gpu", value: "present", effect: "NO_SCHEDULE" }],
      guestAccelerators: [
        {
          type: acceleratorType(accelerator),
          count: machine.acceleratorCount,
          gpuDriverInstallationConfig: { gpuDriverVersion: "DEFAULT" },
          ...sharingInputs(pool.sharing),
        },
      ],
    },
  };
}

function createPool(
  { labels, parent, project, region }: GcpContext,
  cluster: Cluster,
  nodeAccount: NodeAccount,
  pool: Pool,
): NodePool {
  const zoneCount = pool.zones?.length ?? Math.min(ZONES_OF_A_CLUSTER, zonesOfRegion(region)?.length ?? 3);
  return new NodePool(
    `pool-${pool.name}`,
    {
      project: project.id,
      location: region,
      cluster: cluster.name,
      // Nodes of each zone at the start; the totals below hold from then on.
      initialNodeCount: Math.ceil(pool.minimum / zoneCount),
      autoscaling: {
        totalMinNodeCount: pool.minimum,
        totalMaxNodeCount: pool.maximum,
        locationPolicy: pool.locationPolicy,
      },
      ...(pool.zones !== undefined && { nodeLocations: pool.zones }),
      management: { autoRepair: true, autoUpgrade: true },
      upgradeSettings: {
        strategy: "SURGE",
        maxSurge: pool.surge ? 1 : 0,
        maxUnavailable: pool.surge ? 0 : 1,
      },
      networkConfig: { enablePrivateNodes: true },
      nodeConfig: { ...commonNodeConfig(pool, nodeAccount, labels), ...pool.nodeConfig },
    },
    {
      parent,
      // What the autoscaler changes; a change of initialNodeCount would even replace the pool.
      ignoreChanges: ["initialNodeCount", "nodeCount"],
      dependsOn: nodeAccount.dependsOn,
      customTimeouts: { create: "45m", update: "2h", delete: "45m" },
    },
  );
}

function commonNodeConfig(
  { machineType, diskGib, spot }: Pool,
  nodeAccount: NodeAccount,
  resourceLabels: Record<string, string>,
): inputs.container.NodePoolNodeConfig {
  return {
    machineType,
    spot,
    diskSizeGb: diskGib,
    diskType: bootDiskType(machineType),
    imageType: "COS_CONTAINERD",
    serviceAccount: nodeAccount.email,
    // What the account may do is said by its roles.
    oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
    workloadMetadataConfig: { mode: "GKE_METADATA" },
    shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
    metadata: { "disable-legacy-endpoints": "true" },
    kubeletConfig: { insecureKubeletReadonlyPortEnabled: "FALSE" },
    gvnic: { enabled: true },
    resourceLabels,
  };
}
