import { shortName } from "../../preflight/short-name.ts";

/** Names of one stack's resources at AWS. Node groups and launch templates are named by the engine instead. */
export interface AwsNames {
  cluster: string;
  /** Unique among all buckets of the world: account and region are part of it. */
  bucket: string;
  /** Holds the access logs of the bucket. */
  logBucket: string;
  queue: string;
  deadLetter: string;
  registry: string;
  /** What the names of the stack's secrets begin with, before a slash. */
  secrets: string;
  budget: string;
  /** EKS writes the control plane's logs to this group and no other. */
  clusterLogs: string;
  flowLogs: string;
  /** Roles belong to the account, not to a region: the region is part of the name. At most 64 characters. */
  role(purpose: string): string;
  keyAlias(purpose: string): string;
}

/** Names of lower-case letters, digits and hyphens that say which stack they belong to. */
export function awsNames(accountId: string, region: string, stack: string): AwsNames {
  const named = (what: string, maximum: number) => shortName(`skyloom-${stack}-${what}`, maximum);
  const cluster = shortName(`skyloom-${stack}`, 63);
  return {
    cluster,
    bucket: shortName(`skyloom-${stack}-${accountId}-${region}`, 63),
    logBucket: shortName(`skyloom-${stack}-logs-${accountId}-${region}`, 63),
    queue: named("queue", 80),
    deadLetter: named("dead-letter", 80),
    registry: cluster,
    secrets: cluster,
    budget: cluster,
    clusterLogs: `/aws/eks/${cluster}/cluster`,
    flowLogs: `/skyloom/${cluster}/flow`,
    role: (purpose) => shortName(`skyloom-${stack}-${region}-${purpose}`, 64),
    keyAlias: (purpose) => `alias/${named(purpose, 63)}`,
  };
}
