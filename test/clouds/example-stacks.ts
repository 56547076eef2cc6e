import type { Properties } from "../../simulator/values.ts";

/** An example stack of the project, and what of it the tests change, break and look for. */
export interface ExampleStack {
  stack: string;
  production: boolean;
  /** Type tokens. */
  cluster: string;
  pool: string;
  /** Type and name of what is protected in production. */
  bucket: string;
  /** What an account may hold before the development stack comes, under the name that the stack gives. */
  existing: { type: string; name: string; id: string; inputs: Properties; config: Properties };
}

const clouds = {
  aws: {
    cluster: "aws:eks/cluster:Cluster",
    pool: "aws:eks/nodeGroup:NodeGroup",
    bucket: "aws:s3/bucket:Bucket",
    existing: {
      type: "aws:s3/bucket:Bucket",
      name: "bucket",
      id: "skyloom-dev-aws-123456789012-us-east-1",
      inputs: { bucket: "skyloom-dev-aws-123456789012-us-east-1" },
      config: { region: "us-east-1" },
    },
  },
  azure: {
    cluster: "azure-native:containerservice:ManagedCluster",
    pool: "azure-native:containerservice:AgentPool",
    bucket: "azure-native:storage:BlobContainer",
    existing: {
      type: "azure-native:resources:ResourceGroup",
      name: "group",
      id: "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/skyloom-dev-azure",
      inputs: { resourceGroupName: "skyloom-dev-azure", location: "eastus" },
      config: { subscriptionId: "00000000-0000-0000-0000-000000000000", location: "eastus" },
    },
  },
  gcp: {
    cluster: "gcp:container/cluster:Cluster",
    pool: "gcp:container/nodePool:NodePool",
    bucket: "gcp:storage/bucket:Bucket",
    existing: {
      type: "gcp:storage/bucket:Bucket",
      name: "bucket",
      id: "skyloom-dev-skyloom-dev-gcp",
      inputs: { name: "skyloom-dev-skyloom-dev-gcp", location: "US-CENTRAL1" },
      config: { project: "skyloom-dev", region: "us-central1" },
    },
  },
};

export const exampleStacks: ExampleStack[] = Object.entries(clouds).flatMap(([cloud, types]) => [
  { stack: `dev-${cloud}`, production: false, ...types },
  { stack: `prod-${cloud}`, production: true, ...types },
]);
