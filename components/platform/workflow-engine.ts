import type { Address, Cluster, DeployedWorkload } from "../cloud.ts";

export interface WorkflowEngine {
  workload: DeployedWorkload;
  /** Where workflows are called. */
  ingress: Address;
  /** Where services are registered and invocations are looked at; it has no login. */
  admin: Address;
}

const NAME = "restate";
const GIBIBYTE = 1024 ** 3;

/**
 * Restate, the durable workflow engine, as one node. Its settings: `restate-server --dump-config`; the environment
 * names them in capitals, with two underscores between sections.
 */
export function deployWorkflowEngine(cluster: Cluster, stack: string): WorkflowEngine {
  const ingress = cluster.address(NAME, "ingress");
  const admin = cluster.address(NAME, "admin");
  const node = cluster.address(NAME, "node");
  const workload = cluster.deploy({
    name: NAME,
    identity: cluster.identity(NAME),
    command: ["restate-server", "--no-logo"],
    environment: {
      RESTATE_CLUSTER_NAME: `skyloom-${stack}`,
      // The default is the machine's name, under which it would not find its data again once that changes.
      RESTATE_NODE_NAME: "skyloom",
      RESTATE_BASE_DIR: cluster.dataFolder(NAME),
      RESTATE_INGRESS__BIND_ADDRESS: bindAddress(ingress),
      RESTATE_ADMIN__BIND_ADDRESS: bindAddress(admin),
      RESTATE_BIND_ADDRESS: bindAddress(node),
      RESTATE_ADVERTISED_ADDRESS: `${node.url}/`,
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
      _RJEM_MALLOC_CONF: "dirty_decay_ms:1000,muzzy_decay_ms:1000",
      RESTATE_LOG_FORMAT: "json",
      // octocrab looks for newer versions of Restate, which a pinned one does not need to report.
      RESTATE_LOG_FILTER: "warn,restate=info,octocrab=off",
      RESTATE_SHUTDOWN_TIMEOUT: "10s",
    },
    ports: ["ingress", "admin", "node"],
    healthCheck: { port: "admin", path: "/health" },
    limits: { memoryBytes: 3 * GIBIBYTE },
    stopSeconds: 20,
  });
  return { workload, ingress, admin };
}

const bindAddress = ({ host, port }: Address) => `${host}:${port}`;
