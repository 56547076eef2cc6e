import { AWS_ACCOUNT, type ResourceContext, regionOf } from "../session.ts";
import { isProperties, type Properties, textAt, type Value } from "../values.ts";
import { certificate } from "./certificate.ts";
import type { OutputTable } from "./create-outputs.ts";
import { CREATED } from "./plausible.ts";

/** The Kubernetes version of a cluster that asks for none. */
export const LATEST_EKS = "1.34";

const DNS = { aws: "amazonaws.com" };

function eksCluster(context: ResourceContext): Properties {
  const region = regionOf(context);
  const token = context.seed.hex(32, "eks").toUpperCase();
  const version = textAt(context.inputs, "version") ?? LATEST_EKS;
  return {
    endpoint: `https://${token}.gr7.${region}.eks.amazonaws.com`,
    certificateAuthority: { data: certificate(context) },
    identities: [{ oidcs: [{ issuer: `https://oidc.eks.${region}.amazonaws.com/id/${token}` }] }],
    version,
    platformVersion: "eks.5",
    status: "ACTIVE",
    createdAt: CREATED,
    kubernetesNetworkConfig: {
      serviceIpv4Cidr: "172.20.0.0/16",
      ipFamily: "ipv4",
      ...given(context, "kubernetesNetworkConfig"),
    },
    vpcConfig: {
      clusterSecurityGroupId: `sg-${context.seed.hex(17, "cluster security group")}`,
      vpcId: `vpc-${context.seed.hex(17, "vpc")}`,
    },
  };
}

function given(context: ResourceContext, name: string): Properties {
  const value: Value | undefined = context.inputs[name];
  return isProperties(value) ? value : {};
}

function bucket(context: ResourceContext): Properties {
  const name = textAt(context.inputs, "bucket") ?? context.name;
  const region = regionOf(context);
  return {
    bucket: name,
    bucketDomainName: `${name}.s3.${DNS.aws}`,
    bucketRegionalDomainName: `${name}.s3.${region}.${DNS.aws}`,
    bucketRegion: region,
    hostedZoneId: "Z3AQBSTGFYJSTF",
  };
}

// What the generic outputs get wrong, because its form or its meaning matters to a program.
export const awsOutputs: OutputTable = {
  "aws:ec2/vpc:Vpc": (context) => ({
    mainRouteTableId: `rtb-${context.seed.hex(17, "main")}`,
    defaultRouteTableId: `rtb-${context.seed.hex(17, "main")}`,
    defaultSecurityGroupId: `sg-${context.seed.hex(17, "default")}`,
    defaultNetworkAclId: `acl-${context.seed.hex(17, "default")}`,
    dhcpOptionsId: `dopt-${context.seed.hex(17, "dhcp")}`,
    ownerId: AWS_ACCOUNT,
  }),
  "aws:ec2/subnet:Subnet": (context) => ({
    availabilityZone: textAt(context.inputs, "availabilityZone") ?? `${regionOf(context)}a`,
    ownerId: AWS_ACCOUNT,
  }),
  "aws:ec2/eip:Eip": (context, id) => ({
    allocationId: id,
    publicIp: context.seed.publicAddress(),
    privateIp: context.seed.privateAddress(),
    domain: "vpc",
  }),
  "aws:ec2/natGateway:NatGateway": (context) => ({
    publicIp: context.seed.publicAddress(),
    privateIp: context.seed.privateAddress(),
    networkInterfaceId: `eni-${context.seed.hex(17, "eni")}`,
  }),
  "aws:ec2/vpcEndpoint:VpcEndpoint": (context) => ({
    state: "available",
    prefixListId: `pl-${context.seed.hex(8, "prefix list")}`,
    dnsEntries: [],
  }),
  "aws:ec2/launchTemplate:LaunchTemplate": () => ({ latestVersion: 1, defaultVersion: 1 }),
  "aws:eks/cluster:Cluster": eksCluster,
  "aws:eks/nodeGroup:NodeGroup": (context) => ({
    version: textAt(context.inputs, "version") ?? LATEST_EKS,
    releaseVersion: textAt(context.inputs, "releaseVersion") ?? `${LATEST_EKS}.0-20260101`,
    amiType: textAt(context.inputs, "amiType") ?? "AL2023_x86_64_STANDARD",
    capacityType: textAt(context.inputs, "capacityType") ?? "ON_DEMAND",
    status: "ACTIVE",
    resources: [
      { autoscalingGroups: [{ name: `eks-${context.seed.uuid("group")}` }], remoteAccessSecurityGroupId: "" },
    ],
  }),
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": (_, id) => ({ associationId: id }),
  "aws:eks/accessEntry:AccessEntry": (context) => ({
    type: textAt(context.inputs, "type") ?? "STANDARD",
    createdAt: CREATED,
    modifiedAt: CREATED,
  }),
  "aws:iam/role:Role": (context) => ({
    uniqueId: `AROA${context.seed.digits(17, "role")}`,
    createDate: CREATED,
    path: textAt(context.inputs, "path") ?? "/",
    arn: `arn:aws:iam::${AWS_ACCOUNT}:role${textAt(context.inputs, "path") ?? "/"}${textAt(context.inputs, "name") ?? context.name}`,
  }),
  "aws:iam/policy:Policy": (context) => ({
    policyId: `ANPA${context.seed.digits(17, "policy")}`,
    path: textAt(context.inputs, "path") ?? "/",
  }),
  "aws:iam/accessKey:AccessKey": (context) => ({ secret: context.seed.hex(40, "secret"), status: "Active" }),
  "aws:iam/instanceProfile:InstanceProfile": (context) => ({
    uniqueId: `AIPA${context.seed.digits(17, "profile")}`,
  }),
  "aws:kms/key:Key": (_, id) => ({ keyId: id, keyUsage: "ENCRYPT_DECRYPT" }),
  "aws:kms/alias:Alias": (context) => {
    const key = textAt(context.inputs, "targetKeyId") ?? "";
    return {
      targetKeyArn: key.startsWith("arn:")
        ? key
        : `arn:aws:kms:${regionOf(context)}:${AWS_ACCOUNT}:key/${key}`,
    };
  },
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketV2:BucketV2": bucket,
  "aws:sqs/queue:Queue": (_, id) => ({ url: id }),
  "aws:ecr/repository:Repository": (context) => ({
    registryId: AWS_ACCOUNT,
    repositoryUrl: `${AWS_ACCOUNT}.dkr.ecr.${regionOf(context)}.amazonaws.com/${textAt(context.inputs, "name") ?? context.name}`,
  }),
  "aws:sns/topicSubscription:TopicSubscription": () => ({ ownerId: AWS_ACCOUNT, pendingConfirmation: false }),
  "aws:lb/loadBalancer:LoadBalancer": (context) => ({
    dnsName: `${context.name}-${context.seed.digits(10, "dns")}.${regionOf(context)}.elb.amazonaws.com`,
    zoneId: "Z35SXDOTRQ7X7K",
  }),
  "aws:rds/instance:Instance": (context) => {
    const identifier = textAt(context.inputs, "identifier") ?? context.name;
    const address = `${identifier}.${context.seed.hex(12, "rds")}.${regionOf(context)}.rds.amazonaws.com`;
    return { address, endpoint: `${address}:5432`, port: 5432, status: "available" };
  },
};
