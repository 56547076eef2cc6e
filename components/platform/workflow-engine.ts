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
      RESTATE_DEFAULT_NUM_PARTITIONS: "4",
      RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE: "256 MiB",
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
