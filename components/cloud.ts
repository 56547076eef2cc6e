import type { Input, Output, Resource } from "@pulumi/pulumi";

/** Names of the clouds there are, as in `skyloom:cloud`. */
export type CloudName = "local";

/**
 * The port between the platform and where it runs. A cloud brings a bucket, a queue and a cluster; what it cannot do
 * it declares as data with a reason, and nothing outside components/clouds asks for its name.
 */
export interface Cloud {
  bucket: Bucket;
  queue: Queue;
  cluster: Cluster;
}

/** Whether the cloud put a permission in place; `not-applicable` carries the reason, e.g. that it has no identities. */
export type Grant = { state: "granted"; resources: Resource[] } | { state: "not-applicable"; reason: string };

/** Models, workflow definitions, reports. Its data outlive the stack. */
export interface Bucket {
  /** What the runtime's SKYLOOM_BUCKET takes; known in a preview where the cloud allows it. */
  url: Output<string>;
  /** Lets the workload list, read, write and delete objects, and nothing else in the cloud. */
  grantReadWrite(workload: DeployedWorkload): Grant;
}

export interface QueueSettings {
  /** After this many deliveries without a delete a message goes to dead-letter. 1 to 1000, default 5. */
  maximumDeliveries: number;
  /** How long a received message is hidden where the receiver does not say. 1 to 43200 s, default 60. */
  visibilitySeconds: number;
}

/** Messages, delivered at least once, with a dead-letter store. Its messages outlive the stack. */
export interface Queue {
  /** What the runtime's SKYLOOM_QUEUE takes; known in a preview where the cloud allows it. */
  url: Output<string>;
  /** Lets the workload send, receive, delete and look at dead letters. */
  grantSendReceive(workload: DeployedWorkload): Grant;
}

/** Where a workload listens for one of its ports, and how others reach it there. */
export interface Address {
  /** The address to bind to. */
  host: string;
  /** The TCP port to bind to; the cloud may have its own numbering. */
  port: number;
  /** How other workloads of the stack call it: `http://HOST:PORT`. */
  url: string;
}

/** Runs workloads. */
export interface Cluster {
  /**
   * Where that port of that workload is, before or after it is deployed.
   * @throws Error for a workload or port that the platform does not have.
   */
  address(workload: string, port: string): Address;
  /** A folder of its own that outlives the workload's process and the stack, as an absolute path. */
  dataFolder(workload: string): string;
  deploy(workload: Workload): DeployedWorkload;
  /** Where the logs are: a folder, or the address of the cloud's log service. */
  logs: Output<string>;
}

export interface Workload {
  /** Unique in the stack: lower-case letters, digits and hyphens, at most 63. */
  name: string;
  /** A program by name (`node`, `restate-server`) and its arguments, relative to the project's folder. No secrets. */
  command: string[];
  /** Values may be secret; they are encrypted in the state and appear in no log. */
  environment: Record<string, Input<string>>;
  /** Names of the ports it listens on; `cluster.address` says where. */
  ports: string[];
  /** Absent: alive is healthy. */
  healthCheck?: WorkloadHealthCheck;
  limits?: WorkloadLimits;
  /** Files and folders of the project that the command reads; changed content starts the workload again. */
  files?: string[];
  /** From the request to stop until it is killed, in seconds. Default 30. */
  stopSeconds?: number;
  /** Workloads and resources that must be ready first. */
  dependsOn?: Resource[];
}

export interface WorkloadHealthCheck {
  /** One of the workload's ports. */
  port: string;
  /** Answers with a 2xx status when the workload is ready for work, e.g. `/healthz/ready`. */
  path: string;
  /** Answers with a 2xx status as long as the workload itself is well. Default: `path`. */
  livePath?: string;
  /** How long a start may take, in seconds. Default 30. */
  timeoutSeconds?: number;
}

export interface WorkloadLimits {
  /** Bytes. Default: no limit. */
  memoryBytes?: number;
  /** Default: what the system gives. */
  openFiles?: number;
}

export interface DeployedWorkload {
  name: string;
  /** Depend on it to come after it is ready. */
  resource: Resource;
}
