import type { Properties } from "../../simulator/values.ts";

/** Something that stays in a cloud, as people and a cluster's controllers leave it. */
export interface Leak {
  type: string;
  name: string;
  inputs: Properties;
}

/** A leak that the listing must find, and what it must say of it. */
export interface ExpectedLeak extends Leak {
  listedAs: string;
  /** USD, rounded to cents. */
  monthlyUsd: number | "unknown";
  /** What its removal begins with. */
  removal: string;
}

export interface LeakyCloud {
  stack: string;
  /** Configuration of the simulated provider. */
  config: Properties;
  /** What the stack costs a month at least while it is up, as far as prices are known. */
  atLeastUsd: number;
  leaks: ExpectedLeak[];
  /** Of other stacks and clusters, or of nobody: never listed. */
  others: Leak[];
  /** The question that the cloud is made to refuse, as a regular expression of invokes. */
  question: string;
  /** What the refusal says is to be done. */
  remedy: RegExp;
}

const AWS_CLUSTER = { "kubernetes.io/cluster/skyloom-dev-aws": "owned" };
const OTHER_AWS_CLUSTER = { "kubernetes.io/cluster/skyloom-dev-aws2": "owned" };

const aws: LeakyCloud = {
  stack: "dev-aws",
  config: { region: "us-east-1" },
  question: "aws:resourcegroupstaggingapi/.*",
  remedy: /tag:GetResources/,
  atLeastUsd: 105.85, // control plane and NAT gateway: 730 h × (0.10 + 0.045)
  leaks: [
    {
      type: "aws:lb/loadBalancer:LoadBalancer",
      name: "a0123456789",
      inputs: { name: "a0123456789", tags: AWS_CLUSTER },
      listedAs: "elasticloadbalancing:loadbalancer",
      monthlyUsd: 16.43, // 730 h × 0.0225
      removal: "aws elbv2 delete-load-balancer --load-balancer-arn arn:aws:",
    },
    {
      type: "aws:ebs/volume:Volume",
      name: "pvc-data",
      inputs: { availabilityZone: "us-east-1a", size: 20, type: "gp3", tags: AWS_CLUSTER },
      listedAs: "ec2:volume",
      monthlyUsd: 1.6, // 20 GiB × 0.08
      removal: "aws ec2 delete-volume --volume-id vol-",
    },
    {
      type: "aws:ec2/securityGroup:SecurityGroup",
      name: "k8s-elb-a0123456789",
      inputs: { description: "of a load balancer", tags: AWS_CLUSTER },
      listedAs: "ec2:security-group",
      monthlyUsd: 0,
      removal: "aws ec2 delete-security-group --group-id sg-",
    },
    {
      type: "aws:ec2/networkInterface:NetworkInterface",
      name: "aws-k8s-eni",
      inputs: { subnetId: "subnet-0", tags: { "cluster.k8s.amazonaws.com/name": "skyloom-dev-aws" } },
      listedAs: "ec2:network-interface",
      monthlyUsd: 0,
      removal: "aws ec2 delete-network-interface --network-interface-id eni-",
    },
    {
      type: "aws:ec2/instance:Instance",
      name: "node",
      inputs: { instanceType: "m6i.xlarge", tags: { project: "skyloom", stack: "dev-aws" } },
      listedAs: "ec2:instance",
      monthlyUsd: 140.16, // 730 h × 0.192
      removal: "aws ec2 terminate-instances --instance-ids i-",
    },
    {
      type: "aws:ec2/eip:Eip",
      name: "nat",
      inputs: { domain: "vpc", tags: { project: "skyloom", stack: "dev-aws" } },
      listedAs: "ec2:elastic-ip",
      monthlyUsd: 3.65, // 730 h × 0.005
      removal: "aws ec2 release-address --allocation-id eipalloc-",
    },
    {
      // Put in by hand, with the tags that docs/aws.md shows.
      type: "aws:secretsmanager/secret:Secret",
      name: "api-key",
      inputs: { name: "skyloom-dev-aws/api-key", tags: { project: "skyloom", stack: "dev-aws" } },
      listedAs: "secretsmanager:secret",
      monthlyUsd: "unknown",
      removal:
        "aws secretsmanager delete-secret --secret-id arn:aws:secretsmanager:us-east-1:123456789012:secret:skyloom-dev-aws/api-key-",
    },
    {
      // EKS writes it again after it was deleted, and gives it no tags.
      type: "aws:cloudwatch/logGroup:LogGroup",
      name: "cluster-again",
      inputs: { name: "/aws/eks/skyloom-dev-aws/cluster" },
      listedAs: "logs:log-group",
      monthlyUsd: "unknown",
      removal: "aws logs delete-log-group --log-group-name /aws/eks/skyloom-dev-aws/cluster",
    },
  ],
  others: [
    {
      type: "aws:ebs/volume:Volume",
      name: "other-cluster",
      inputs: { availabilityZone: "us-east-1a", size: 20, tags: OTHER_AWS_CLUSTER },
    },
    {
      type: "aws:ec2/eip:Eip",
      name: "other-stack",
      inputs: { domain: "vpc", tags: { project: "skyloom", stack: "dev-aws2" } },
    },
    { type: "aws:ec2/eip:Eip", name: "other-project", inputs: { domain: "vpc", tags: { stack: "dev-aws" } } },
    { type: "aws:s3/bucket:Bucket", name: "nobodys", inputs: {} },
  ],
};

const GCP_CLUSTER = { "goog-k8s-cluster-name": "skyloom-dev-gcp" };
const US_CENTRAL = { zone: "us-central1-a" };

const gcp: LeakyCloud = {
  stack: "dev-gcp",
  config: { project: "skyloom-dev", region: "us-central1" },
  question: "gcp:cloudasset/.*",
  remedy: /gcloud services enable cloudasset\.googleapis\.com --project skyloom-dev/,
  atLeastUsd: 73, // control plane: 730 h × 0.10
  leaks: [
    {
      type: "gcp:compute/disk:Disk",
      name: "pvc-data",
      inputs: { ...US_CENTRAL, name: "pvc-data", size: 50, type: "pd-balanced", labels: GCP_CLUSTER },
      listedAs: "compute.googleapis.com/Disk",
      monthlyUsd: 5, // 50 GiB × 0.10
      removal: "gcloud compute disks delete pvc-data --zone us-central1-a --project skyloom-dev",
    },
    {
      type: "gcp:compute/forwardingRule:ForwardingRule",
      name: "a0123456789",
      inputs: { name: "a0123456789", region: "us-central1", labels: GCP_CLUSTER },
      listedAs: "compute.googleapis.com/ForwardingRule",
      monthlyUsd: 18.25, // 730 h × 0.025
      removal: "gcloud compute forwarding-rules delete a0123456789 --region us-central1",
    },
    {
      type: "gcp:compute/address:Address",
      name: "ingress",
      inputs: { name: "ingress", region: "us-central1", labels: { project: "skyloom", stack: "dev-gcp" } },
      listedAs: "compute.googleapis.com/Address",
      monthlyUsd: 3.65, // 730 h × 0.005
      removal: "gcloud compute addresses delete ingress --region us-central1",
    },
    {
      type: "gcp:compute/instance:Instance",
      name: "gke-node",
      inputs: {
        ...US_CENTRAL,
        name: "gke-node",
        machineType: "e2-standard-4",
        bootDisk: {},
        networkInterfaces: [{ network: "default" }],
        labels: GCP_CLUSTER,
      },
      listedAs: "compute.googleapis.com/Instance",
      monthlyUsd: 97.83, // 730 h × 0.13402
      removal: "gcloud compute instances delete gke-node --zone us-central1-a",
    },
    {
      // Put in by hand, with the labels that docs/gcp.md shows.
      type: "gcp:secretmanager/secret:Secret",
      name: "api-key",
      inputs: {
        secretId: "skyloom_dev_gcp-api-key",
        replication: { auto: {} },
        labels: { project: "skyloom", stack: "dev-gcp" },
      },
      listedAs: "secretmanager.googleapis.com/Secret",
      monthlyUsd: "unknown",
      removal: "gcloud secrets delete skyloom_dev_gcp-api-key --project skyloom-dev",
    },
    {
      // Bears no label, only its name.
      type: "gcp:compute/network:Network",
      name: "network",
      inputs: { name: "skyloom-dev-gcp-network" },
      listedAs: "compute.googleapis.com/Network",
      monthlyUsd: 0,
      removal: "gcloud compute networks delete skyloom-dev-gcp-network",
    },
  ],
  others: [
    {
      type: "gcp:compute/disk:Disk",
      name: "other-cluster",
      inputs: { ...US_CENTRAL, name: "other", labels: { "goog-k8s-cluster-name": "skyloom-dev-gcp2" } },
    },
    {
      type: "gcp:compute/network:Network",
      name: "other-stack",
      inputs: { name: "skyloom-dev-gcp2-network" },
    },
    {
      type: "gcp:compute/address:Address",
      name: "other-project",
      inputs: { name: "other-project", region: "us-central1", labels: { stack: "dev-gcp" } },
    },
  ],
};

const NODES = { resourceGroupName: "skyloom-dev-azure-nodes", location: "eastus" };
const BACKUP = { resourceGroupName: "backup", location: "eastus" };

const SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";
const removalIn = ({ resourceGroupName }: typeof NODES, path: string) =>
  `az resource delete --ids /subscriptions/${SUBSCRIPTION}/resourceGroups/${resourceGroupName}/providers/${path}`;

const azure: LeakyCloud = {
  stack: "dev-azure",
  config: {
    location: "eastus",
    subscriptionId: SUBSCRIPTION,
  },
  question: "azure-native:authorization:getClientToken",
  remedy: /az login/,
  atLeastUsd: 32.85, // its control plane is free; NAT gateway: 730 h × 0.045
  leaks: [
    {
      type: "azure-native:resources:ResourceGroup",
      name: "nodes",
      inputs: NODES,
      listedAs: "Microsoft.Resources/resourceGroups",
      monthlyUsd: 0,
      removal: "az group delete --name skyloom-dev-azure-nodes",
    },
    {
      type: "azure-native:network:LoadBalancer",
      name: "kubernetes",
      inputs: { ...NODES, loadBalancerName: "kubernetes", sku: { name: "Standard" } },
      listedAs: "Microsoft.Network/loadBalancers",
      monthlyUsd: 18.25, // 730 h × 0.025
      removal: removalIn(NODES, "Microsoft.Network/loadBalancers/kubernetes"),
    },
    {
      type: "azure-native:network:PublicIPAddress",
      name: "kubernetes-a0123456789",
      inputs: { ...NODES, publicIpAddressName: "kubernetes-a0123456789" },
      listedAs: "Microsoft.Network/publicIPAddresses",
      monthlyUsd: 3.65, // 730 h × 0.005
      removal: removalIn(NODES, "Microsoft.Network/publicIPAddresses/kubernetes-a0123456789"),
    },
    {
      type: "azure-native:network:NetworkSecurityGroup",
      name: "aks-agentpool-nsg",
      inputs: { ...NODES, networkSecurityGroupName: "aks-agentpool-nsg" },
      listedAs: "Microsoft.Network/networkSecurityGroups",
      monthlyUsd: 0,
      removal: removalIn(NODES, "Microsoft.Network/networkSecurityGroups/aks-agentpool-nsg"),
    },
    {
      type: "azure-native:compute:Disk",
      name: "pvc-data",
      inputs: { ...NODES, diskName: "pvc-data", diskSizeGB: 128, creationData: { createOption: "Empty" } },
      listedAs: "Microsoft.Compute/disks",
      monthlyUsd: 19.71,
      removal: removalIn(NODES, "Microsoft.Compute/disks/pvc-data"),
    },
    {
      type: "azure-native:compute:VirtualMachineScaleSet",
      name: "aks-general",
      inputs: { ...NODES, vmScaleSetName: "aks-general", sku: { name: "Standard_D4s_v5", capacity: 2 } },
      listedAs: "Microsoft.Compute/virtualMachineScaleSets",
      monthlyUsd: 280.32, // 2 × 730 h × 0.192
      removal: removalIn(NODES, "Microsoft.Compute/virtualMachineScaleSets/aks-general"),
    },
    {
      type: "azure-native:compute:Disk",
      name: "restored",
      inputs: {
        ...BACKUP,
        diskName: "restored",
        diskSizeGB: 64,
        creationData: { createOption: "Empty" },
        tags: { project: "skyloom", stack: "dev-azure" },
      },
      listedAs: "Microsoft.Compute/disks",
      monthlyUsd: "unknown",
      removal: removalIn(BACKUP, "Microsoft.Compute/disks/restored"),
    },
  ],
  others: [
    { type: "azure-native:resources:ResourceGroup", name: "backup", inputs: BACKUP },
    {
      type: "azure-native:compute:Disk",
      name: "other-stack",
      inputs: {
        ...BACKUP,
        diskName: "other",
        diskSizeGB: 64,
        creationData: { createOption: "Empty" },
        tags: { project: "skyloom", stack: "dev-azure2" },
      },
    },
  ],
};

export const leakyClouds: LeakyCloud[] = [aws, azure, gcp];
