import type { Store, StoredResource } from "../store.ts";
import { containsUnknown, type Properties, textAt, type Value, valueAt } from "../values.ts";

/** A property that names another resource. */
interface Reference {
  from: string;
  property: string;
  to: string;
  /** The named resource must exist when this one is created. Default: false. */
  required?: boolean;
  /** The named resource cannot be deleted while this one exists. Default: false. */
  blocks?: boolean;
}

const needs = (to: string, property: string, ...from: string[]): Reference[] =>
  from.map((type) => ({ from: type, property, to, required: true }));
const holds = (to: string, property: string, ...from: string[]): Reference[] =>
  from.map((type) => ({ from: type, property, to, blocks: true }));
const needsAndHolds = (to: string, property: string, ...from: string[]): Reference[] =>
  from.map((type) => ({ from: type, property, to, required: true, blocks: true }));

const EKS = "aws:eks/cluster:Cluster";
const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const ROLE = "aws:iam/role:Role";
const BUCKET = "aws:s3/bucket:Bucket";
const NETWORK = "gcp:compute/network:Network";

/** Which resources name which; what no line mentions is neither asked for nor held. */
const REFERENCES: Reference[] = [
  ...needs(
    EKS,
    "clusterName",
    "aws:eks/addon:Addon",
    "aws:eks/accessEntry:AccessEntry",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
  ),
  ...needsAndHolds(
    EKS,
    "clusterName",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:eks/fargateProfile:FargateProfile",
  ),
  ...holds(
    VPC,
    "vpcId",
    SUBNET,
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:ec2/routeTable:RouteTable",
  ),
  ...holds(
    SUBNET,
    "subnetId",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/networkInterface:NetworkInterface",
    "aws:ec2/instance:Instance",
  ),
  ...holds(SUBNET, "subnetIds", "aws:eks/nodeGroup:NodeGroup"),
  ...holds(SUBNET, "vpcConfig.subnetIds", EKS),
  ...holds(SUBNET, "subnets", "aws:lb/loadBalancer:LoadBalancer"),
  ...holds(
    "aws:ec2/securityGroup:SecurityGroup",
    "securityGroups",
    "aws:ec2/networkInterface:NetworkInterface",
  ),
  ...holds("aws:ec2/securityGroup:SecurityGroup", "securityGroups", "aws:lb/loadBalancer:LoadBalancer"),
  ...holds("aws:ec2/eip:Eip", "allocationId", "aws:ec2/natGateway:NatGateway"),
  ...needsAndHolds(ROLE, "role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"),
  ...holds(ROLE, "role", "aws:iam/instanceProfile:InstanceProfile"),
  ...holds("aws:iam/policy:Policy", "policyArn", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"),
  ...needs(
    BUCKET,
    "bucket",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  ),
  ...needs(ROLE, "role", "aws:iam/rolePolicy:RolePolicy"),
  ...needs("aws:ecr/repository:Repository", "repository", "aws:ecr/lifecyclePolicy:LifecyclePolicy"),
  ...needs("aws:sqs/queue:Queue", "queueUrl", "aws:sqs/queuePolicy:QueuePolicy"),
  ...holds("azure-native:network:NatGateway", "natGateway.id", "azure-native:network:Subnet"),
  ...holds(
    "azure-native:network:NetworkSecurityGroup",
    "networkSecurityGroup.id",
    "azure-native:network:Subnet",
  ),
  ...holds("azure-native:network:PublicIPAddress", "publicIpAddresses", "azure-native:network:NatGateway"),
  ...holds("azure-native:network:Subnet", "subnet.id", "azure-native:network:PrivateEndpoint"),
  ...holds("azure-native:network:Subnet", "vnetSubnetID", "azure-native:containerservice:AgentPool"),
  ...holds(
    "azure-native:network:Subnet",
    "agentPoolProfiles",
    "azure-native:containerservice:ManagedCluster",
  ),
  ...needs("gcp:container/cluster:Cluster", "cluster", "gcp:container/nodePool:NodePool"),
  ...needsAndHolds(NETWORK, "network", "gcp:compute/subnetwork:Subnetwork"),
  ...holds(NETWORK, "network", "gcp:compute/firewall:Firewall", "gcp:compute/router:Router"),
  ...holds(NETWORK, "network", "gcp:container/cluster:Cluster"),
  ...holds("gcp:compute/subnetwork:Subnetwork", "subnetwork", "gcp:container/cluster:Cluster"),
  ...needs("gcp:pubsub/topic:Topic", "topic", "gcp:pubsub/subscription:Subscription"),
  ...needs("gcp:kms/keyRing:KeyRing", "keyRing", "gcp:kms/cryptoKey:CryptoKey"),
  ...needs("gcp:kms/cryptoKey:CryptoKey", "cryptoKeyId", "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"),
  ...needs("gcp:compute/router:Router", "router", "gcp:compute/routerNat:RouterNat"),
  ...needs("gcp:pubsub/topic:Topic", "topic", "gcp:pubsub/topicIAMMember:TopicIAMMember"),
  ...needs(
    "gcp:pubsub/subscription:Subscription",
    "subscription",
    "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember",
  ),
  ...needs(
    "gcp:artifactregistry/repository:Repository",
    "repository",
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
  ),
  ...needs("gcp:storage/bucket:Bucket", "bucket", "gcp:storage/bucketIAMMember:BucketIAMMember"),
];

function base(text: string): string {
  return text.split("/").at(-1) ?? text;
}

/** Whether a text names the resource: by its id, ARN, name, link, or (Google Cloud) the last part of either. */
function names(text: string, resource: StoredResource): boolean {
  const { id, outputs } = resource;
  const known = [id, outputs.arn, outputs.name, outputs.selfLink, outputs.url, outputs.bucket];
  if (known.includes(text)) return true;
  return resource.provider === "gcp" && base(text) === base(id);
}

/** All texts at or below a property, for lists of ids and objects that hold one. */
function textsIn(value: Value | undefined): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** A resource that must exist and does not: its type, and how the inputs name it. */
export interface Missing {
  type: string;
  name: string;
}

/** The first resource that the inputs of a new one name and that does not exist. */
export function missingReference(store: Store, type: string, inputs: Properties): Missing | undefined {
  for (const reference of REFERENCES) {
    if (reference.from !== type || !reference.required) continue;
    const name = textAt(inputs, reference.property);
    if (name === undefined || containsUnknown(name)) continue;
    if (store.get(reference.to, name)) continue; // the usual case, without reading all of them
    if (!store.list(reference.to).some((resource) => names(name, resource)))
      return { type: reference.to, name };
  }
  return undefined;
}

/** A resource that keeps this one from being deleted. */
export function holderOf(store: Store, resource: StoredResource): StoredResource | undefined {
  for (const reference of REFERENCES) {
    if (reference.to !== resource.type || !reference.blocks) continue;
    const holder = store
      .list(reference.from)
      .find((other) =>
        textsIn(valueAt(other.inputs, reference.property.split("."))).some((text) => names(text, resource)),
      );
    if (holder) return holder;
  }
  return undefined;
}
