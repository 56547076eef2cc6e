import type { CustomResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";

/** Names of the clouds there are, as in `skyloom:cloud`. */
export const cloudNames = ["local", "existing", "aws", "azure", "gcp"] as const;
export type CloudName = (typeof cloudNames)[number];

/** Those that send no bill; a stack anywhere else needs a budget and an owner. */
export const unbilledClouds: readonly string[] = ["local", "existing"];

/** Those on the machine in front of the user: their stacks hold no keys, and the project keeps their state itself. */
export const machineClouds: readonly string[] = ["local"];

/**
 * The port between the platform and where it runs. A cloud brings a bucket, a queue, a place for secrets, a cluster and
 * what guards them; what it cannot do it declares in `capabilities` with a reason, and nothing outside
 * components/clouds asks for its name.
 */
export interface Cloud {
  capabilities: Capabilities;
  bucket: Bucket;
  queue: Queue;
  /** Undefined where nobody said where they are: the stack's workflows have none. */
  secrets: SecretStore | undefined;
  cluster: Cluster;
  /** Undefined where `capabilities.registry` is not supported: workloads run from the project's folder. */
  registry: Registry | undefined;
  /** Who brings what a cluster needs besides nodes; undefined where there is no Kubernetes. */
  parts: ClusterParts | undefined;
}

/**
 * `included`: it comes with the cloud's cluster. `needed`: the platform installs it. `expected`: whoever has the
 * cluster puts it there.
 */
export type PartOrigin = "included" | "needed" | "expected";

/** What a cluster needs besides nodes. */
export interface ClusterParts {
  /** KEDA, which scales workloads on the queue's depth, and the service account that it reads the depth as. */
  keda: { origin: PartOrigin; serviceAccount: ServiceAccountName };
  /** Brings nodes for pods that wait for one, and takes those that nobody uses. */
  nodeAutoscaler: PartOrigin;
  /** Offers GPUs to the cluster as `nvidia.com/gpu`. */
  devicePlugin: PartOrigin;
  /** Measures GPUs (NVIDIA DCGM). */
  gpuMetrics: PartOrigin;
  /** Keeps what pods log, at `cluster.logs`. */
  podLogs: PartOrigin;
  /** Envoy Gateway, cert-manager and Prometheus, where the stack's settings ask for them. */
  operators: PartOrigin;
}

export interface ServiceAccountName {
  namespace: string;
  name: string;
}

/** One thing that a cloud does, or the reason why it does not. */
export type Capability = { supported: true } | { supported: false; reason: string };

export interface Capabilities {
  /** Cluster, bucket and queue are made by the stack and are its own. */
  foundation: Capability;
  /** Workloads run as containers from a registry of the stack. */
  registry: Capability;
  /** Workloads get permissions by an identity of their own, without keys. */
  workloadIdentity: Capability;
  /** Node pools that are asked for by accelerator name and scale from and to zero. */
  gpuPools: Capability;
  /** A budget with an alarm at the cloud itself. */
  budget: Capability;
  /** The network is private: nodes have no public address. */
  privateNetwork: Capability;
  /** Quotas of vCPUs and GPUs can be read before anything is created. */
  quotas: Capability;
  /** A workload runs more than once, and as often as its queue's depth asks for. */
  replicas: Capability;
}

/** Whether the cloud put a permission in place; `not-applicable` carries the reason, e.g. that it has no identities. */
export type Grant = { state: "granted"; resources: Resource[] } | { state: "not-applicable"; reason: string };

/** Who a workload is towards the cloud. Grants to it come before the workload starts. */
export interface WorkloadIdentity {
  /** The workload's name. */
  name: string;
  /** The cloud's own name of it: a role's ARN, a client id, a service account's address. Undefined: it has none. */
  principal: Output<string> | undefined;
  /** Everything that must exist before a workload can act as this identity, grants included. */
  dependsOn: Resource[];
  /** Secrets of the cluster that its pods find as files; a grant adds them. Absent: none. */
  mounts?: SecretMount[];
}

/** A secret of the workload's namespace as files of its pods, read-only. */
export interface SecretMount {
  /** Of the volume: lower-case letters, digits and hyphens. */
  name: string;
  /** Of the object in the cluster. */
  secretName: string;
  /** Absolute path of the folder that its entries appear in, one file each. */
  folder: string;
  /** Pods start without it, and find its files when it is there. Default: they wait for it. */
  optional?: boolean;
}

/** Models, workflow definitions, reports. Its data outlive the stack. */
export interface Bucket {
  /** What the runtime's SKYLOOM_BUCKET takes; known in a preview where the cloud allows it. */
  url: Output<string>;
  /** List and read objects. */
  grantRead(identity: WorkloadIdentity): Grant;
  /** List, read, write and delete objects, and nothing else in the cloud. */
  grantReadWrite(identity: WorkloadIdentity): Grant;
  /** Where the workflow engine can put its snapshots; undefined: it needs none. */
  snapshots: SnapshotStore | undefined;
}

/** A folder of a bucket in the words of the workflow engine, Restate. */
export interface SnapshotStore {
  /** `s3://…`, `az://…` or `gs://…` (https://docs.restate.dev/server/snapshots). */
  destination: Output<string>;
  /** More settings of the engine that it takes to reach it, none of them secret. */
  environment: Record<string, Input<string>>;
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
  /** Where messages go that were delivered too often, as the cloud itself calls it; `url` names it to the runtime. */
  deadLetterUrl: Output<string>;
  /** Send, receive, delete, move to dead-letter and look there. */
  grantSendReceive(identity: WorkloadIdentity): Grant;
  /** Read how many messages there are, and as little else as the cloud can tell apart. */
  grantDepth(identity: WorkloadIdentity): Grant;
  /** How KEDA reads the number of messages; undefined where `capabilities.replicas` is not supported. */
  scaler: QueueScaler | undefined;
}

/** A trigger of KEDA (https://keda.sh/docs/2.17/scalers/). */
export interface QueueScaler {
  /** E.g. `aws-sqs-queue`. */
  type: string;
  /** All but the number of messages a replica is meant to have. */
  metadata: Record<string, Input<string>>;
  /** Under which name the metadata take that number, e.g. `queueLength`. */
  thresholdName: string;
  /** What a TriggerAuthentication's spec says; `reader`: who KEDA is, where the platform knows. */
  authentication(reader: WorkloadIdentity | undefined): Record<string, unknown>;
}

/**
 * What workflows take to log in elsewhere. The stack makes the place, or the right to read one; people put the secrets
 * in, and none of them is in the stack's configuration or state.
 */
export interface SecretStore {
  /**
   * What the runtime's SKYLOOM_SECRETS takes: `file:///FOLDER`, `awssecrets://ACCOUNT/PREFIX?region=REGION`,
   * `azkeyvault://VAULT` or `gcpsecrets://PROJECT/PREFIX`; known in a preview where the cloud allows it.
   */
  url: Output<string>;
  /** Read the secrets of this stack, of no other stack, and change none. */
  grantRead(identity: WorkloadIdentity): Grant;
}

export interface Registry {
  /** Address without tag or digest, e.g. `123.dkr.ecr.eu-west-1.amazonaws.com/skyloom-dev`. */
  repository: Output<string>;
  /**
   * `repository@sha256:…`: the image of `skyloom:image`, or, where that is not set, the one built from
   * runtime/Dockerfile and pushed here.
   */
  image: Output<string>;
}

/** Sharing one GPU among pods. `timeSlicing`: that many pods take turns; `mig`: partitions of this profile, e.g. `1g.10gb`. */
export type GpuSharing =
  | { mode: "none" }
  | { mode: "timeSlicing"; replicas: number }
  | { mode: "mig"; profile: string };

/** `skyloom:gpuPools`: nodes with accelerators. */
export interface GpuPoolSettings {
  /** Unique in the stack: lower-case letters and digits, beginning with a letter, at most 12. */
  name: string;
  /** A name of pricing/accelerators.ts: `t4`, `l4`, `a10g`, `a100-40`, `a100-80`, `h100`, … */
  accelerator: string;
  /** GPUs of each node. Default 1. */
  count: number;
  /** Default: true in development, else false. */
  spot: boolean;
  /** Nodes. Default 0. */
  minimum: number;
  /** Nodes. Default 1. */
  maximum: number;
  /** Default: the cheapest that has the accelerators. */
  machineType?: string | undefined;
  /** Default: all zones of the region that the cluster uses. */
  zones?: string[] | undefined;
  /** GiB of each node's disk. Default 100. */
  diskGib: number;
  sharing: GpuSharing;
}

export interface GeneralPoolSettings {
  minimum: number;
  maximum: number;
  /** Default: the cheapest with at least 4 vCPUs and 16 GiB. */
  machineType?: string | undefined;
  diskGib: number;
}

/** The cluster's API server: reachable inside the network only, or also from these ranges. */
export interface PublicEndpointSettings {
  enabled: boolean;
  /** CIDR ranges; never 0.0.0.0/0. */
  allowedCidrs: string[];
}

export interface BudgetSettings {
  monthlyUsd: number;
  /** E-mail addresses that the alarm goes to. */
  notify: string[];
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
  /** Where a workload finds its `secretFiles`, as an absolute path. */
  secretFolder(workload: string): string;
  /**
   * How the replicas of a workload with storage call each other at one of its ports; values may hold variables that
   * each replica's environment fills in.
   */
  replicas(workload: string, port: string, count: number): ReplicaAddresses;
  /** Who that workload is; ask before the grants and before `deploy`. */
  identity(workload: string): WorkloadIdentity;
  deploy(workload: Workload): DeployedWorkload;
  /** Where the logs are: a folder, or the address of the cloud's log service. */
  logs: Output<string>;
  /** A secret; undefined where there is no Kubernetes, and where `capabilities.foundation` is not supported. */
  kubeconfig: Output<string> | undefined;
  /** For objects of Kubernetes that no workload stands for; undefined where there is none. */
  kubernetes: KubernetesAccess | undefined;
}

export interface KubernetesAccess {
  /** The stack's own. */
  namespace: string;
  /** Provider, parent, and whose deletion stands for the objects' own. */
  options: CustomResourceOptions;
  /** What must be there before an object in the namespace. */
  dependsOn: Resource[];
  /** Who a part of the platform is that runs in a namespace of its own; ask before the grants. */
  partIdentity(part: string, serviceAccount: ServiceAccountName): PartIdentity;
  /** Where pods go that are meant for the nodes of a GPU pool. */
  gpuNodes(pool: string): GpuNodes;
}

export interface PartIdentity extends WorkloadIdentity {
  /** What ties its service account to it. */
  annotations: Record<string, Output<string>>;
}

export interface GpuNodes {
  nodeSelector: Record<string, string>;
  tolerations: { key: string; operator: string; value?: string; effect?: string }[];
}

export interface ReplicaAddresses {
  /** A replica's own name, the same after it was started again. */
  name: string;
  /** How others call it: `http://HOST:PORT`. */
  url: string;
  /** Those of all, the first replica's first. */
  all: string[];
}

/** As many as there is work: one more for every so many messages in the queue. */
export interface QueueScaling {
  queue: Queue;
  /** 0 or more. */
  minimum: number;
  maximum: number;
  /** Waiting and received messages that one replica is meant to have. */
  messagesPerReplica: number;
  /** How long the queue must be empty before the last replica goes, in seconds. */
  idleSeconds: number;
  /** Default: one that is in the cluster already. */
  autoscaler?: Autoscaler | undefined;
}

/** KEDA as the platform put it into the cluster. */
export interface Autoscaler {
  /** Who reads the queue's depth. */
  identity: WorkloadIdentity;
  /** Must be there before anything can be scaled. */
  dependsOn: Resource[];
}

export interface Workload {
  /** Unique in the stack: lower-case letters, digits and hyphens, at most 63. */
  name: string;
  /** From `cluster.identity`; the workload starts when its grants are in place. */
  identity: WorkloadIdentity;
  /** A program by name (`node`, `restate-server`) and its arguments, relative to the project's folder. No secrets. */
  command: string[];
  /** No secrets. */
  environment: Record<string, Input<string>>;
  /**
   * Secret values of the environment: encrypted in the state, in no log, and apart from the workload's description. In a
   * cluster each is a file, whose name is in the variable NAME_FILE.
   */
  secrets?: Record<string, Input<string>>;
  /** Files with secret content, by name; they appear in `cluster.secretFolder`, which a cloud with replicas has. */
  secretFiles?: Record<string, Input<string>>;
  /** Default: one. More want `capabilities.replicas`. */
  replicas?: number | QueueScaling;
  /** GiB that each replica keeps at `cluster.dataFolder`. Default: nothing is kept. */
  storageGib?: number;
  /** One GPU of this pool for each replica; wants `capabilities.gpuPools`. Default: none. */
  gpuPool?: string;
  /** Workloads that may call it. Default: none. */
  callers?: string[];
  /** Whether its pods get a token by which its service account asks the cluster's API, for an hour each. Default: false. */
  callsCluster?: boolean;
  /** Whether it calls addresses outside the cluster, its bucket and queue among them. Default: false. */
  callsOutside?: boolean;
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
  /** Bytes that a node must have free for it. Default: the limit. */
  memoryRequestBytes?: number;
  /** vCPUs that a node must have free for it, e.g. 0.5. Default 0.5. */
  cpuRequest?: number;
  /** Default: what the system gives. */
  openFiles?: number;
}

export interface DeployedWorkload {
  name: string;
  /** Depend on it to come after it is ready. */
  resource: Resource;
}
