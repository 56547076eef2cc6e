/** How a cloud changes a pool: new nodes in the same pool, one by one; or a new pool before the old one goes. */
export type PoolChange = "in place" | "blue-green";

/** What of a cloud the tests of day-two operations change and expect, as docs/CLOUD.md has it. */
export interface DayTwoCloud {
  cloud: string;
  stack: string;
  pool: string;
  cluster: string;
  /** The bucket, or what holds it: protected, with its name's property and the one of its tags. */
  data: { type: string; name: string; property: string; tags: string };
  /** The property of the cluster's name. */
  clusterName: string;
  /** A pool's largest number of nodes. */
  maximum: string;
  /** Another accelerator than t4, and another machine type with one t4. */
  accelerator: string;
  machineType: string;
  changes: { accelerator: PoolChange; count: PoolChange; machineType: PoolChange };
  /** The file with the version of Kubernetes; undefined where the cloud decides on it. */
  versionFile: string | undefined;
  /** What the cloud reports after it upgraded by itself: of the cluster, of each pool. */
  upgraded: { cluster: Record<string, string>; pool: Record<string, string> };
}

const replaced = { accelerator: "blue-green", count: "blue-green" } as const;

export const dayTwoClouds: DayTwoCloud[] = [
  {
    cloud: "aws",
    stack: "prod-aws",
    pool: "aws:eks/nodeGroup:NodeGroup",
    cluster: "aws:eks/cluster:Cluster",
    data: { type: "aws:s3/bucket:Bucket", name: "bucket", property: "bucket", tags: "tags" },
    clusterName: "name",
    maximum: "scalingConfig.maxSize",
    accelerator: "l4",
    machineType: "g4dn.2xlarge",
    changes: { accelerator: "in place", count: "in place", machineType: "in place" },
    versionFile: "components/clouds/aws/kubernetes-version.ts",
    upgraded: {
      cluster: { platformVersion: "eks.77" },
      pool: { releaseVersion: "1.35.7-20261101" },
    },
  },
  {
    cloud: "azure",
    stack: "prod-azure",
    pool: "azure-native:containerservice:AgentPool",
    cluster: "azure-native:containerservice:ManagedCluster",
    data: {
      type: "azure-native:storage:StorageAccount",
      name: "storage",
      property: "accountName",
      tags: "tags",
    },
    clusterName: "resourceName",
    maximum: "maxCount",
    accelerator: "a100-80",
    machineType: "Standard_NC8as_T4_v3",
    changes: { ...replaced, machineType: "blue-green" },
    versionFile: "components/clouds/azure/kubernetes-version.ts",
    upgraded: {
      cluster: { currentKubernetesVersion: "1.36.9" },
      pool: {
        currentOrchestratorVersion: "1.36.9",
        nodeImageVersion: "AKSUbuntu-2404gen2containerd-202611.01.0",
      },
    },
  },
  {
    cloud: "gcp",
    stack: "prod-gcp",
    pool: "gcp:container/nodePool:NodePool",
    cluster: "gcp:container/cluster:Cluster",
    data: { type: "gcp:storage/bucket:Bucket", name: "bucket", property: "name", tags: "labels" },
    clusterName: "name",
    maximum: "autoscaling.totalMaxNodeCount",
    accelerator: "l4",
    machineType: "n1-standard-8",
    changes: { ...replaced, machineType: "in place" },
    versionFile: undefined,
    upgraded: {
      cluster: { masterVersion: "1.36.2-gke.1100000", nodeVersion: "1.36.2-gke.1100000" },
      pool: { version: "1.36.2-gke.1100000" },
    },
  },
];
