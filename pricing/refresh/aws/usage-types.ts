/** Where the price list of AWS has a service of our table. */
export interface UsageType {
  service: string;
  /** Of the offer file. */
  offer: string;
  /** As it is in us-east-1; elsewhere, and for some there too, a prefix for the region comes before it. */
  usageType: string;
  operation?: RegExp;
  unit: string;
  /** How many of the list's units are one of ours. Default: 1. */
  times?: number;
}

/** https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html */
export const usageTypes: readonly UsageType[] = [
  {
    service: "control-plane-standard",
    offer: "AmazonEKS",
    usageType: "AmazonEKS-Hours:perCluster",
    unit: "cluster hour",
  },
  { service: "nat-gateway", offer: "AmazonEC2", usageType: "NatGateway-Hours", unit: "gateway hour" },
  { service: "nat-gateway-data", offer: "AmazonEC2", usageType: "NatGateway-Bytes", unit: "GB" },
  { service: "node-disk", offer: "AmazonEC2", usageType: "EBS:VolumeUsage.gp3", unit: "GB month" },
  { service: "disk-gp2", offer: "AmazonEC2", usageType: "EBS:VolumeUsage.gp2", unit: "GB month" },
  { service: "disk-io1", offer: "AmazonEC2", usageType: "EBS:VolumeUsage.piops", unit: "GB month" },
  { service: "disk-io2", offer: "AmazonEC2", usageType: "EBS:VolumeUsage.io2", unit: "GB month" },
  { service: "disk-st1", offer: "AmazonEC2", usageType: "EBS:VolumeUsage.st1", unit: "GB month" },
  { service: "disk-sc1", offer: "AmazonEC2", usageType: "EBS:VolumeUsage.sc1", unit: "GB month" },
  { service: "disk-standard", offer: "AmazonEC2", usageType: "EBS:VolumeUsage", unit: "GB month" },
  { service: "disk-iops-gp3", offer: "AmazonEC2", usageType: "EBS:VolumeP-IOPS.gp3", unit: "IOPS month" },
  { service: "disk-iops-io1", offer: "AmazonEC2", usageType: "EBS:VolumeP-IOPS.piops", unit: "IOPS month" },
  { service: "disk-snapshot", offer: "AmazonEC2", usageType: "EBS:SnapshotUsage", unit: "GB month" },
  { service: "public-address", offer: "AmazonVPC", usageType: "PublicIPv4:InUseAddress", unit: "hour" },
  { service: "private-endpoint", offer: "AmazonVPC", usageType: "VpcEndpoint-Hours", unit: "hour" },
  { service: "private-endpoint-data", offer: "AmazonVPC", usageType: "VpcEndpoint-Bytes", unit: "GB" },
  {
    ...{ service: "load-balancer", offer: "AWSELB", usageType: "LoadBalancerUsage", unit: "hour" },
    operation: /Application/,
  },
  {
    ...{
      service: "load-balancer-capacity",
      offer: "AWSELB",
      usageType: "LCUUsage",
      unit: "capacity unit hour",
    },
    operation: /Application/,
  },
  { service: "bucket-storage", offer: "AmazonS3", usageType: "TimedStorage-ByteHrs", unit: "GB month" },
  {
    service: "bucket-writes",
    offer: "AmazonS3",
    usageType: "Requests-Tier1",
    unit: "1000 requests",
    times: 1000,
  },
  {
    service: "bucket-reads",
    offer: "AmazonS3",
    usageType: "Requests-Tier2",
    unit: "1000 requests",
    times: 1000,
  },
  {
    service: "queue-requests",
    offer: "AWSQueueService",
    usageType: "Requests-Tier1",
    unit: "million requests",
    times: 1e6,
  },
  { service: "registry-storage", offer: "AmazonECR", usageType: "TimedStorage-ByteHrs", unit: "GB month" },
  { service: "log-ingestion", offer: "AmazonCloudWatch", usageType: "DataProcessing-Bytes", unit: "GB" },
  { service: "log-storage", offer: "AmazonCloudWatch", usageType: "TimedStorage-ByteHrs", unit: "GB month" },
  { service: "encryption-key", offer: "awskms", usageType: "KMS-Keys", unit: "key month" },
  { service: "key-requests", offer: "awskms", usageType: "KMS-Requests", unit: "10000 requests", times: 1e4 },
  {
    service: "secret",
    offer: "AWSSecretsManager",
    usageType: "AWSSecretsManager-Secrets",
    unit: "secret month",
  },
  {
    service: "secret-requests",
    offer: "AWSSecretsManager",
    usageType: "AWSSecretsManagerAPIRequest",
    unit: "10000 requests",
    times: 1e4,
  },
];
