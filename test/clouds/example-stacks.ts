/** An example stack of the project, and what of it the tests change, break and look for. */
export interface ExampleStack {
  stack: string;
  production: boolean;
  /** Type tokens. */
  cluster: string;
  pool: string;
  /** Type and name of what is protected in production. */
  bucket: string;
}

const clouds = {
  aws: {
    cluster: "aws:eks/cluster:Cluster",
    pool: "aws:eks/nodeGroup:NodeGroup",
    bucket: "aws:s3/bucket:Bucket",
  },
  azure: {
    cluster: "azure-native:containerservice:ManagedCluster",
    pool: "azure-native:containerservice:AgentPool",
    bucket: "azure-native:storage:BlobContainer",
  },
  gcp: {
    cluster: "gcp:container/cluster:Cluster",
    pool: "gcp:container/nodePool:NodePool",
    bucket: "gcp:storage/bucket:Bucket",
  },
};

export const exampleStacks: ExampleStack[] = Object.entries(clouds).flatMap(([cloud, types]) => [
  { stack: `dev-${cloud}`, production: false, ...types },
  { stack: `prod-${cloud}`, production: true, ...types },
]);
