import type { Output } from "@pulumi/pulumi";
import type { Address, Cloud, DeployedWorkload } from "../cloud.ts";
import type { WorkflowEngine } from "./workflow-engine.ts";

export interface RuntimeSettings {
  logLevel: string;
  /** Worker threads that hold ONNX sessions. */
  inferenceWorkers: number;
  /** Messages handled at the same time. */
  queueConcurrency: number;
  /** How long requests under way may take to finish at a stop. */
  drainSeconds: number;
  /** Bearer token that requests must carry; a secret. Absent: none needed, on loopback only. */
  token: Output<string> | undefined;
}

const NAME = "runtime";
const GIBIBYTE = 1024 ** 3;

/** The Skyloom runtime: inference and workflows over HTTP. */
export function deployRuntime(
  cloud: Cloud,
  engine: WorkflowEngine | undefined,
  settings: RuntimeSettings,
): { workload: DeployedWorkload; http: Address } {
  const { bucket, queue, cluster } = cloud;
  const http = cluster.address(NAME, "http");
  const workflows = cluster.address(NAME, "workflows");
  const identity = cluster.identity(NAME);
  bucket.grantReadWrite(identity);
  queue.grantSendReceive(identity);
  const workload = cluster.deploy({
    name: NAME,
    identity,
    command: ["node", "--disable-warning=ExperimentalWarning", "runtime/main.ts"],
    environment: {
      SKYLOOM_HOST: http.host,
      SKYLOOM_PORT: String(http.port),
      SKYLOOM_BUCKET: bucket.url,
      SKYLOOM_QUEUE: queue.url,
      ...(engine !== undefined && {
        SKYLOOM_RESTATE_INGRESS: engine.ingress.url,
        SKYLOOM_RESTATE_ADMIN: engine.admin.url,
      }),
      SKYLOOM_WORKFLOW_HOST: workflows.host,
      SKYLOOM_WORKFLOW_PORT: String(workflows.port),
      SKYLOOM_LOG_LEVEL: settings.logLevel,
      SKYLOOM_INFERENCE_WORKERS: String(settings.inferenceWorkers),
      SKYLOOM_QUEUE_CONCURRENCY: String(settings.queueConcurrency),
      SKYLOOM_DRAIN_SECONDS: String(settings.drainSeconds),
      ...(settings.token !== undefined && { SKYLOOM_TOKEN: settings.token }),
    },
    ports: ["http", "workflows"],
    healthCheck: { port: "http", path: "/healthz/ready", livePath: "/healthz/live" },
    limits: { memoryBytes: 8 * GIBIBYTE },
    files: ["runtime", "package-lock.json"],
    stopSeconds: settings.drainSeconds + 10,
    dependsOn: engine === undefined ? [] : [engine.workload.resource],
  });
  return { workload, http };
}
