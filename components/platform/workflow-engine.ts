import { type Input, interpolate } from "@pulumi/pulumi";
import { callsPerConnection } from "../../runtime/workflows/calls-per-connection.ts";
import type { Address, Cloud, DeployedWorkload, Workload } from "../cloud.ts";
import { SigningKey } from "../generated-secrets.ts";

export interface WorkflowEngine {
  workload: DeployedWorkload;
  /** Where workflows are called. */
  ingress: Address;
  /** Where services are registered and invocations are looked at; it has no login. */
  admin: Address;
  /** By which services know that a call comes from this engine; undefined where it calls on loopback only. */
  publicKey: Input<string> | undefined;
}

export interface WorkflowEngineSettings {
  stack: string;
  /** 1, or 3 to go on while one of them is gone; more than one wants `capabilities.replicas`. */
  nodes: 1 | 3;
  /** GiB that each node keeps, where nodes have storage of their own. */
  storageGib: number;
  /** vCPUs that a machine must have free for each. */
  cpuRequest: number;
  /** Workloads that start or look at workflows. */
  callers: string[];
}

const NAME = "restate";
const GIBIBYTE = 1024 ** 3;
const KEY_FILE = "signing-key.pem";

/**
 * Restate, the durable workflow engine. Its settings: `restate-server --dump-config`; the environment names them in
 * capitals, with two underscores between sections.
 */
export function deployWorkflowEngine(cloud: Cloud, settings: WorkflowEngineSettings): WorkflowEngine {
  const { cluster, bucket, capabilities } = cloud;
  const isReplicated = capabilities.replicas.supported;
  const identity = cluster.identity(NAME);
  if (bucket.snapshots !== undefined) bucket.grantReadWrite(identity);
  const key = isReplicated ? new SigningKey("workflow-signing-key") : undefined;
  const workload = cluster.deploy({
    name: NAME,
    identity,
    command: command(settings.nodes),
    environment: environment(cloud, settings),
    ports: ["ingress", "admin", "node"],
    healthCheck: { port: "admin", path: "/health", timeoutSeconds: 120 },
    limits: { memoryBytes: 3 * GIBIBYTE, memoryRequestBytes: GIBIBYTE / 2, cpuRequest: settings.cpuRequest },
    stopSeconds: 20,
    ...(key !== undefined && { secretFiles: { [KEY_FILE]: key.privateKeyPem } }),
    ...(isReplicated && replication(settings)),
  });
  const address = (port: string) => cluster.address(NAME, port);
  return { workload, ingress: address("ingress"), admin: address("admin"), publicKey: key?.publicKey };
}

/** The first of several makes the cluster, once; were each to do it, there would be several. */
function command(nodes: number): string[] {
  if (nodes === 1) return ["restate-server", "--no-logo"];
  const isFirst = `case "$POD_NAME" in *-0) echo true;; *) echo false;; esac`;
  return ["sh", "-c", `export RESTATE_AUTO_PROVISION="$(${isFirst})"; exec restate-server --no-logo`];
}

function replication({ nodes, storageGib, callers }: WorkflowEngineSettings): Partial<Workload> {
  return { replicas: nodes, storageGib, callers, callsOutside: true };
}

function environment(cloud: Cloud, settings: WorkflowEngineSettings): Record<string, Input<string>> {
  const { cluster } = cloud;
  const replicas = cluster.replicas(NAME, "node", settings.nodes);
  return {
    RESTATE_CLUSTER_NAME: `skyloom-${settings.stack}`,
    // The default is the machine's name, under which it would not find its data again once that changes.
    RESTATE_NODE_NAME: replicas.name,
    RESTATE_BASE_DIR: cluster.dataFolder(NAME),
    RESTATE_INGRESS__BIND_ADDRESS: bindAddress(cluster.address(NAME, "ingress")),
    RESTATE_ADMIN__BIND_ADDRESS: bindAddress(cluster.address(NAME, "admin")),
    RESTATE_BIND_ADDRESS: bindAddress(cluster.address(NAME, "node")),
    RESTATE_ADVERTISED_ADDRESS: `${replicas.url}/`,
    // Unix sockets lie in the data folder, whose path may be longer than the 108 bytes they allow.
    RESTATE_LISTEN_MODE: "tcp",
    RESTATE_DISABLE_TELEMETRY: "true",
    RESTATE_DEFAULT_NUM_PARTITIONS: "2",
    // Measured: 143 MiB idle, at most 352 MiB after 3,000 runs; the defaults take 432 MiB after 1,000.
    RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE: "64 MB",
    RESTATE_BIFROST__RECORD_CACHE_MEMORY_SIZE: "16 MB",
    RESTATE_ADMIN__QUERY_ENGINE__MEMORY_SIZE: "64 MB",
    RESTATE_WORKER__INVOKER__MEMORY_LIMIT: "128 MB",
    RESTATE_WORKER__DATA_SERVICE_MEMORY_LIMIT: "32 MB",
    RESTATE_WORKER__INVOKER__HTTP2_INITIAL_MAX_SEND_STREAMS: String(callsPerConnection),
    _RJEM_MALLOC_CONF: "dirty_decay_ms:1000,muzzy_decay_ms:1000",
    RESTATE_LOG_FORMAT: "json",
    // octocrab looks for newer versions of Restate, which a pinned one does not need to report.
    RESTATE_LOG_FILTER: "warn,restate=info,octocrab=off",
    RESTATE_SHUTDOWN_TIMEOUT: "10s",
    ...(settings.nodes > 1 && {
      RESTATE_METADATA_CLIENT__ADDRESSES: JSON.stringify(replicas.all.map((url) => `${url}/`)),
      // Every record is on two nodes: one may be gone.
      RESTATE_DEFAULT_REPLICATION: "2",
    }),
    ...snapshots(cloud, settings),
    ...(cloud.capabilities.replicas.supported && {
      RESTATE_WORKER__INVOKER__REQUEST_IDENTITY_PRIVATE_KEY_PEM_FILE: `${cluster.secretFolder(NAME)}/${KEY_FILE}`,
    }),
  };
}

/** A node that comes back, or a new one, starts from the last snapshot, and the log before it can go. */
function snapshots({ bucket }: Cloud, { stack }: WorkflowEngineSettings): Record<string, Input<string>> {
  if (bucket.snapshots === undefined) return {};
  return {
    RESTATE_WORKER__SNAPSHOTS__DESTINATION: interpolate`${bucket.snapshots.destination}/workflow-engine/${stack}`,
    RESTATE_WORKER__SNAPSHOTS__SNAPSHOT_INTERVAL_NUM_RECORDS: "10000",
    ...bucket.snapshots.environment,
  };
}

const bindAddress = ({ host, port }: Address) => `${host}:${port}`;
