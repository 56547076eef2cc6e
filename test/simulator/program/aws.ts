import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { Eip } from "@pulumi/aws/ec2/eip.js";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway.js";
import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate.js";
import { NatGateway } from "@pulumi/aws/ec2/natGateway.js";
import { Subnet } from "@pulumi/aws/ec2/subnet.js";
import { Vpc } from "@pulumi/aws/ec2/vpc.js";
import { Repository } from "@pulumi/aws/ecr/repository.js";
import { Cluster } from "@pulumi/aws/eks/cluster.js";
import { NodeGroup } from "@pulumi/aws/eks/nodeGroup.js";
import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation.js";
import { getAvailabilityZonesOutput } from "@pulumi/aws/getAvailabilityZones.js";
import { getPolicyDocumentOutput } from "@pulumi/aws/iam/getPolicyDocument.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import { Key } from "@pulumi/aws/kms/key.js";
import { Bucket } from "@pulumi/aws/s3/bucket.js";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock.js";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning.js";
import { Queue } from "@pulumi/aws/sqs/queue.js";
import * as pulumi from "@pulumi/pulumi";
import { variant } from "./variant.ts";

const tags = { project: "skyloom", stack: pulumi.getStack() };

function network() {
  const vpc = new Vpc("network", { cidrBlock: "10.0.0.0/16", tags });
  const gateway = new InternetGateway("gateway", { vpcId: vpc.id, tags });
  const zones = getAvailabilityZonesOutput({ state: "available" });
  const subnets = [0, 1].map(
    (index) =>
      new Subnet(`private-${index}`, {
        vpcId: vpc.id,
        cidrBlock: `10.0.${index}.0/24`,
        availabilityZone: zones.names.apply((names) => names[index] ?? ""),
        tags,
      }),
  );
  const address = new Eip("nat", { domain: "vpc", tags });
  const first = subnets[0] as Subnet;
  new NatGateway("nat", { subnetId: first.id, allocationId: address.id, tags }, { dependsOn: gateway });
  return subnets.map((subnet) => subnet.id);
}

function role(name: string, service: string, policy: string) {
  const document = getPolicyDocumentOutput({
    statements: [{ actions: ["sts:AssumeRole"], principals: [{ type: "Service", identifiers: [service] }] }],
  });
  const made = new Role(name, { assumeRolePolicy: document.json, tags });
  new RolePolicyAttachment(name, { role: made.name, policyArn: `arn:aws:iam::aws:policy/${policy}` });
  return made;
}

export function declareAws() {
  const subnetIds = network();
  const key = new Key("secrets", { enableKeyRotation: true, tags });
  const cluster = new Cluster("cluster", {
    name: variant.clusterName ?? "skyloom-test",
    roleArn: role("cluster", "eks.amazonaws.com", "AmazonEKSClusterPolicy").arn,
    vpcConfig: {
      subnetIds,
      endpointPrivateAccess: true,
      ...(variant.mistake ? { endpointPublic: false } : {}),
    },
    encryptionConfig: { provider: { keyArn: key.arn }, resources: ["secrets"] },
    version: "1.34",
    tags,
  });
  const template = new LaunchTemplate("gpu", { metadataOptions: { httpTokens: "required" }, tags });
  new NodeGroup("gpu", {
    clusterName: cluster.name,
    nodeRoleArn: role("nodes", "ec2.amazonaws.com", "AmazonEKSWorkerNodePolicy").arn,
    subnetIds,
    instanceTypes: [variant.awsMachine ?? "g6.xlarge"],
    scalingConfig: { minSize: 0, desiredSize: 0, maxSize: variant.gpuMaximum ?? 2 },
    launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
    tags,
  });
  const bucket = new Bucket(
    "data",
    { tags, ...(variant.importBucket ? { bucket: variant.importBucket } : {}) },
    variant.importBucket ? { import: variant.importBucket } : {},
  );
  new BucketVersioning("data", { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } });
  new BucketPublicAccessBlock("data", { bucket: bucket.id, blockPublicAcls: true });
  const dead = new Queue("jobs-dead", { tags });
  const queue = new Queue("jobs", {
    visibilityTimeoutSeconds: 60,
    redrivePolicy: dead.arn.apply((arn) => JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 5 })),
    tags,
  });
  const repository = new Repository("runtime", { imageTagMutability: "IMMUTABLE", tags });
  new LogGroup("cluster", { retentionInDays: 30, tags });
  new PodIdentityAssociation("runtime", {
    clusterName: cluster.name,
    namespace: "skyloom",
    serviceAccount: "runtime",
    roleArn: role("runtime", "pods.eks.amazonaws.com", "AmazonS3FullAccess").arn,
  });
  return {
    endpoint: cluster.endpoint,
    authority: cluster.certificateAuthority.data,
    bucketArn: bucket.arn,
    queueUrl: queue.url,
    repositoryUrl: repository.repositoryUrl,
  };
}
