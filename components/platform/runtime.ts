import type { Input, Output } from "@pulumi/pulumi";
import type {
  Address,
  Autoscaler,
  Cloud,
  DeployedWorkload,
  GeneralPoolSettings,
  GpuPoolSettings,
  Workload,
} from "../cloud.ts";
import { RandomSecret } from "../generated-secrets.ts";
import { allowContainers, type ContainersSettings, containerEnvironment } from "./containers.ts";
import type { WorkflowEngine } from "./workflow-engine.ts";

export interface RuntimeSettings {
  logLevel: string;
  /** Worker threads that hold ONNX sessions. */
  inferenceWorkers: number;
  /** Messages handled at the same time by each replica. */
  queueConcurrency: number;
  /** What calls to targets that users name may reach beside public addresses. Default: nothing. */
  allowPrivateAddresses?: string[];
  /** The secret with the key that webhooks of jobs are signed with; only where the cloud has secrets. */
  webhookSecret?: string | undefined;
  /** Public keys; a model version must be signed with one of them. Default: none need be signed. */
  modelKeys?: string[];
  /** The secret with the key that signs what the runtime publishes itself; only where the cloud has secrets. */
  modelSigningSecret?: string | undefined;
  /** Where mail of workflows is handed over: a URL of runtime/mail/smtp-urls.ts. Default: no mail. */
  smtp?: string | undefined;
  /** What tasks of workflows share: runtime/workflows/admission/declared-pools.ts. Default: what is there. */
  capacity?: string | undefined;
  /** Where traces go by OTLP over HTTP. Default: nowhere. */
  tracingEndpoint?: string | undefined;
  /** How long ended runs and their logs are kept, in days; 0: for ever. Default 90. */
  runRetentionDays?: number;
  /** How long ended jobs and their results are kept, in days; 0: for ever. Default 90. */
  jobRetentionDays?: number;
  /** How long requests under way may take to finish at a stop. */
  drainSeconds: number;
  /** Bearer token that requests must carry; a secret. Absent: one is made, or on loopback none is needed. */
  token: Output<string> | undefined;
  /** Of the workload that answers requests; more than one wants `capabilities.replicas`. */
  replicas: number;
  /** vCPUs that a machine must have free for each replica. */
  cpuRequest: number;
  /** Each has workers that take messages from the queue; without pools the runtime does. */
  gpuPools: GpuPoolSettings[];
  /** How long the queue must be empty before the last of those workers goes. */
  workerIdleSeconds: number;
  /** Where tasks of workflows run containers. Default: a cluster's stack has none, another what its machine has. */
  containers?: ContainersSettings | undefined;
  /** Nodes without accelerators. */
  generalPool?: GeneralPoolSettings | undefined;
  /** What takes those workers from none to many; undefined: one that is in the cluster already. */
  autoscaler?: Autoscaler | undefined;
}

export interface Runtime {
  workload: DeployedWorkload;
  http: Address;
  /** The bearer token, a secret; undefined where none is needed. */
  token: Output<string> | undefined;
}

const NAME = "runtime";
const GIBIBYTE = 1024 ** 3;

/** The workload that takes the queue's messages on nodes of a GPU pool. */
export const workerName = ({ name }: GpuPoolSettings) => `worker-${name}`;

/** The names of all workloads of the runtime. */
export function runtimeWorkloads(gpuPools: GpuPoolSettings[]): string[] {
  return [NAME, ...gpuPools.map(workerName)];
}

/**
 * The Skyloom runtime: inference and workflows over HTTP, and for each GPU pool workers that take messages from the
 * queue, as many as its depth asks for and none when it is empty.
 */
export function deployRuntime(cloud: Cloud, engine: WorkflowEngine, settings: RuntimeSettings): Runtime {
  const { cluster, capabilities } = cloud;
  const token =
    settings.token ?? (capabilities.replicas.supported ? new RandomSecret("token").value : undefined);
  const http = cluster.address(NAME, "http");
  const workflows = cluster.address(NAME, "workflows");
  const hasWorkers = settings.gpuPools.length > 0;
  const parts = { cloud, engine, settings, token };
  // It alone runs the tasks of workflows.
  cloud.secrets?.grantRead(cluster.identity(NAME));
  const rights = allowContainers(cloud, settings.containers);
  const workload = deploy(NAME, parts, {
    environment: {
      SKYLOOM_WORKFLOW_HOST: workflows.host,
      SKYLOOM_WORKFLOW_PORT: String(workflows.port),
      SKYLOOM_CONSUME_QUEUE: String(!hasWorkers),
      ...(settings.smtp !== undefined && { SKYLOOM_SMTP: settings.smtp }),
      ...(cloud.secrets !== undefined && { SKYLOOM_SECRETS: cloud.secrets.url }),
      ...(settings.webhookSecret !== undefined && { SKYLOOM_WEBHOOK_SECRET: settings.webhookSecret }),
      ...(settings.modelSigningSecret !== undefined && {
        SKYLOOM_MODEL_SIGNING_SECRET: settings.modelSigningSecret,
      }),
      ...containerEnvironment(cloud, settings.containers, settings),
      ...(capabilities.replicas.supported && { SKYLOOM_WORKFLOW_URL: workflows.url }),
    },
    ports: ["http", "workflows"],
    ...(capabilities.replicas.supported && { replicas: settings.replicas }),
    ...(rights.length > 0 && { callsCluster: true, dependsOn: [engine.workload.resource, ...rights] }),
    callers: ["restate", "gateway", ...runtimeWorkloads(settings.gpuPools)],
  });
  for (const pool of settings.gpuPools) deployWorkers(pool, parts);
  return { workload, http, token };
}

interface RuntimeParts {
  cloud: Cloud;
  engine: WorkflowEngine;
  settings: RuntimeSettings;
  token: Output<string> | undefined;
}

function deployWorkers(pool: GpuPoolSettings, parts: RuntimeParts): DeployedWorkload {
  const { queue, secrets, cluster } = parts.cloud;
  const { webhookSecret } = parts.settings;
  // Workers start runs and execute none: webhooks, which are messages too, are their only use for a secret.
  const signs = secrets !== undefined && webhookSecret !== undefined;
  if (signs) secrets.grantRead(cluster.identity(workerName(pool)));
  return deploy(workerName(pool), parts, {
    environment: {
      SKYLOOM_CONSUME_QUEUE: "true",
      SKYLOOM_SERVE_WORKFLOWS: "false",
      ...(signs && { SKYLOOM_SECRETS: secrets.url, SKYLOOM_WEBHOOK_SECRET: webhookSecret }),
    },
    ports: ["http"],
    gpuPool: pool.name,
    replicas: {
      queue,
      minimum: pool.minimum * pool.count,
      maximum: pool.maximum * pool.count,
      messagesPerReplica: parts.settings.queueConcurrency,
      idleSeconds: parts.settings.workerIdleSeconds,
      autoscaler: parts.settings.autoscaler,
    },
  });
}

function deploy(
  name: string,
  { cloud, engine, settings, token }: RuntimeParts,
  own: Pick<Workload, "environment" | "ports"> & Partial<Workload>,
): DeployedWorkload {
  const { bucket, queue, cluster } = cloud;
  const http = cluster.address(name, "http");
  const identity = cluster.identity(name);
  bucket.grantReadWrite(identity);
  queue.grantSendReceive(identity);
  const environment: Record<string, Input<string>> = {
    SKYLOOM_HOST: http.host,
    SKYLOOM_PORT: String(http.port),
    SKYLOOM_BUCKET: bucket.url,
    SKYLOOM_QUEUE: queue.url,
    SKYLOOM_RESTATE_INGRESS: engine.ingress.url,
    SKYLOOM_RESTATE_ADMIN: engine.admin.url,
    SKYLOOM_LOG_LEVEL: settings.logLevel,
    SKYLOOM_INFERENCE_WORKERS: String(settings.inferenceWorkers),
    SKYLOOM_QUEUE_CONCURRENCY: String(settings.queueConcurrency),
    SKYLOOM_ALLOW_PRIVATE_ADDRESSES: (settings.allowPrivateAddresses ?? []).join(","),
    SKYLOOM_MODEL_KEYS: (settings.modelKeys ?? []).join(","),
    SKYLOOM_DRAIN_SECONDS: String(settings.drainSeconds),
    SKYLOOM_RUN_RETENTION_DAYS: String(settings.runRetentionDays ?? 90),
    SKYLOOM_JOB_RETENTION_DAYS: String(settings.jobRetentionDays ?? 90),
    ...(settings.capacity !== undefined && { SKYLOOM_CAPACITY: settings.capacity }),
    ...(settings.tracingEndpoint !== undefined && {
      OTEL_EXPORTER_OTLP_ENDPOINT: settings.tracingEndpoint,
      OTEL_RESOURCE_ATTRIBUTES: `skyloom.workload=${name}`,
    }),
    ...(engine.publicKey !== undefined && { SKYLOOM_WORKFLOW_KEY: engine.publicKey }),
    ...own.environment,
  };
  return cluster.deploy({
    name,
    identity,
    // Threads that collect garbage beside the others take a quarter of the processor time of a small inference.
    command: ["node", "--disable-warning=ExperimentalWarning", "--single-threaded-gc", "runtime/main.ts"],
    ...(token !== undefined && { secrets: { SKYLOOM_TOKEN: token } }),
    healthCheck: { port: "http", path: "/healthz/ready", livePath: "/healthz/live" },
    limits: { memoryBytes: 8 * GIBIBYTE, memoryRequestBytes: GIBIBYTE, cpuRequest: settings.cpuRequest },
    files: ["runtime", "package-lock.json"],
    stopSeconds: settings.drainSeconds + 10,
    callsOutside: true,
    dependsOn: [engine.workload.resource],
    ...own,
    environment,
  });
}
