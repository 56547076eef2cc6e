import { Repository } from "@pulumi/gcp/artifactregistry/repository.js";
import { Network } from "@pulumi/gcp/compute/network.js";
import { Router } from "@pulumi/gcp/compute/router.js";
import { RouterNat } from "@pulumi/gcp/compute/routerNat.js";
import { Subnetwork } from "@pulumi/gcp/compute/subnetwork.js";
import { Cluster } from "@pulumi/gcp/container/cluster.js";
import { NodePool } from "@pulumi/gcp/container/nodePool.js";
import { getProjectOutput } from "@pulumi/gcp/organizations/getProject.js";
import { IAMMember } from "@pulumi/gcp/projects/iammember.js";
import { Subscription } from "@pulumi/gcp/pubsub/subscription.js";
import { Topic } from "@pulumi/gcp/pubsub/topic.js";
import { Account } from "@pulumi/gcp/serviceaccount/account.js";
import { Bucket } from "@pulumi/gcp/storage/bucket.js";
import { BucketIAMMember } from "@pulumi/gcp/storage/bucketIAMMember.js";
import { variant } from "./variant.ts";

const labels = { project: "skyloom" };
const location = "europe-west4";

function cluster() {
  const network = new Network("network", { autoCreateSubnetworks: false });
  const subnetwork = new Subnetwork("nodes", {
    network: network.id,
    ipCidrRange: "10.3.0.0/20",
    privateIpGoogleAccess: true,
  });
  const router = new Router("router", { network: network.id });
  new RouterNat("nat", {
    router: router.name,
    natIpAllocateOption: "AUTO_ONLY",
    sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
  });
  return new Cluster("cluster", {
    location,
    network: network.id,
    subnetwork: subnetwork.id,
    initialNodeCount: 1,
    removeDefaultNodePool: true,
    deletionProtection: false,
    workloadIdentityConfig: { workloadPool: "skyloom-test.svc.id.goog" },
    privateClusterConfig: { enablePrivateNodes: true },
    resourceLabels: labels,
  });
}

export function declareGcp() {
  const made = cluster();
  const nodes = new Account("nodes", { accountId: "skyloom-nodes" });
  new IAMMember("nodes", {
    project: "skyloom-test",
    role: "roles/container.defaultNodeServiceAccount",
    member: nodes.member,
  });
  new NodePool("gpu", {
    cluster: made.id,
    autoscaling: { totalMinNodeCount: 0, totalMaxNodeCount: variant.gpuMaximum ?? 2 },
    nodeConfig: {
      machineType: variant.gcpMachine ?? "a2-highgpu-1g",
      guestAccelerators: [{ type: "nvidia-tesla-a100", count: 1 }],
      serviceAccount: nodes.email,
      resourceLabels: labels,
    },
  });
  const bucket = new Bucket("data", { location: "EU", uniformBucketLevelAccess: true, labels });
  new BucketIAMMember("nodes", {
    bucket: bucket.name,
    role: "roles/storage.objectUser",
    member: nodes.member,
  });
  const dead = new Topic("jobs-dead", { labels });
  const topic = new Topic("jobs", { labels });
  const subscription = new Subscription("jobs", {
    topic: topic.id,
    deadLetterPolicy: { deadLetterTopic: dead.id, maxDeliveryAttempts: 5 },
    labels,
  });
  const repository = new Repository("runtime", {
    repositoryId: "runtime",
    format: "DOCKER",
    location,
    labels,
  });
  return {
    endpoint: made.endpoint,
    authority: made.masterAuth.clusterCaCertificate,
    bucketUrl: bucket.url,
    subscription: subscription.id,
    registry: repository.registryUri,
    projectNumber: getProjectOutput({ projectId: "skyloom-test" }).number,
  };
}
