import { readFileSync } from "node:fs";
import { z } from "zod";
import { parseUrl, type UrlForms } from "./back-end-url.ts";
import { type NodePool, nodePoolsSetting } from "./capacity/node-pools.ts";
import { type ContainerBackEnd, containerBackEnds } from "./containers/choose-containers.ts";
import { ApiError } from "./errors.ts";
import { type ConfiguredProvider, executionProvidersSchema } from "./inference/execution-providers.ts";
import { modelKeyProblem } from "./inference/model-keys.ts";
import { smtpUrlForms } from "./mail/smtp-urls.ts";
import { bucketUrlForms } from "./object-store/bucket-urls.ts";
import { allowedEntryProblem } from "./outbound/address-rules.ts";
import { queueUrlForms } from "./queue/queue-urls.ts";
import { secretNamePattern, secretNameRule } from "./secrets/secret-rules.ts";
import { secretUrlForms } from "./secrets/secret-urls.ts";
import type { PoolAmounts } from "./workflows/admission/amounts.ts";
import { declaredPoolsProblems, parseDeclaredPools } from "./workflows/admission/declared-pools.ts";

const port = (fallback: number) => z.coerce.number().int().min(1).max(65535).default(fallback);
const seconds = (fallback: number) => z.coerce.number().min(0).max(86_400).default(fallback);

const flag = (fallback: boolean) =>
  z
    .enum(["true", "false"], { error: "must be true or false" })
    .default(fallback ? "true" : "false")
    .transform((text) => text === "true");

const backEndUrl = (forms: UrlForms) =>
  z.string().superRefine((url, context) => {
    const result = parseUrl(url, forms);
    for (const message of "problems" in result ? result.problems : [])
      context.addIssue({ code: "custom", message });
  });

/** Entries between commas; empty is none. */
const list = (entryProblem: (entry: string) => string | undefined) =>
  z
    .string()
    .default("")
    .transform((text, context) => {
      const entries = text.split(",").map((entry) => entry.trim());
      const found = entries.filter((entry) => entry !== "");
      for (const message of found.map(entryProblem))
        if (message !== undefined) context.addIssue({ code: "custom", message });
      return found;
    });

const declaredPoolsSetting = z
  .string()
  .superRefine((text, context) => {
    for (const message of declaredPoolsProblems(text)) context.addIssue({ code: "custom", message });
  })
  .pipe(z.string().transform(parseDeclaredPools));

/** Every setting of the runtime: its environment variable, its default and what is allowed. */
const schema = z
  .object({
    SKYLOOM_HOST: z.string().min(1).default("127.0.0.1"),
    SKYLOOM_PORT: port(8080),
    /** Bearer token that every request but the health checks must carry; required off loopback. */
    SKYLOOM_TOKEN: z.string().min(16).optional(),
    /** A file with the token, instead of the token itself. */
    SKYLOOM_TOKEN_FILE: z.string().min(1).optional(),
    /** Where models, workflows and results are: a URL of object-store/bucket-urls.ts. */
    SKYLOOM_BUCKET: backEndUrl(bucketUrlForms),
    /** Where messages arrive: a URL of queue/queue-urls.ts. */
    SKYLOOM_QUEUE: backEndUrl(queueUrlForms),
    /** Where scripts' secrets are read from: a URL of secrets/secret-urls.ts. Default: no task may have secrets. */
    SKYLOOM_SECRETS: backEndUrl(secretUrlForms).optional(),
    /**
     * Addresses, networks and names of hosts, separated by commas, that calls to targets which users name (task `http`,
     * webhooks, models by URL) may reach beside public addresses, e.g. `10.1.0.0/16,build.internal`. Default: none.
     */
    SKYLOOM_ALLOW_PRIVATE_ADDRESSES: list(allowedEntryProblem),
    /** The secret with the key that webhooks are signed with, whsec_ and base64. Default: none can be asked for. */
    SKYLOOM_WEBHOOK_SECRET: z.string().regex(secretNamePattern, secretNameRule).optional(),
    /** Where mail of workflows is handed over: a URL of mail/smtp-urls.ts. Default: no task may send mail. */
    SKYLOOM_SMTP: backEndUrl(smtpUrlForms).optional(),
    /** How long ended runs, their logs and cached results of tasks are kept, in days; 0: for ever. */
    SKYLOOM_RUN_RETENTION_DAYS: z.coerce.number().int().min(0).max(36_500).default(90),
    /** How long ended jobs and their results are kept, in days; 0: for ever. */
    SKYLOOM_JOB_RETENTION_DAYS: z.coerce.number().int().min(0).max(36_500).default(90),
    SKYLOOM_RESTATE_INGRESS: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:8081"),
    SKYLOOM_RESTATE_ADMIN: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:8082"),
    /** Where Restate calls back into this process; loopback by default. */
    SKYLOOM_WORKFLOW_HOST: z.string().min(1).default("127.0.0.1"),
    SKYLOOM_WORKFLOW_PORT: port(8084),
    /** Under which Restate reaches it, e.g. a service in front of several replicas. Default: host and port. */
    SKYLOOM_WORKFLOW_URL: z.url({ protocol: /^https?$/ }).optional(),
    /** Restate's public key; calls that are not signed with it are refused. Required off loopback. */
    SKYLOOM_WORKFLOW_KEY: z
      .string()
      .regex(/^publickeyv1_[1-9A-HJ-NP-Za-km-z]{32,}$/, "must be Restate's public key: publickeyv1_…")
      .optional(),
    /** Whether this process runs the tasks of workflows; one that does not still starts runs. */
    SKYLOOM_SERVE_WORKFLOWS: flag(true),
    /** Whether this process takes messages from the queue. */
    SKYLOOM_CONSUME_QUEUE: flag(true),
    SKYLOOM_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
    /** Worker threads of each model version whose manifest does not say, each with an ONNX session. */
    SKYLOOM_INFERENCE_WORKERS: z.coerce.number().int().min(1).max(64).default(1),
    /**
     * cpu, cuda, tensorrt, separated by commas: the first that works here is taken. `cuda:1` is the second GPU,
     * `cuda:0-3` the first four, which a version's workers take in turn.
     */
    SKYLOOM_EXECUTION_PROVIDERS: executionProvidersSchema.default([{ name: "cpu", deviceIds: [] }]),
    /**
     * For all models in memory, as estimated from their files (see inference/version-memory.ts). Beyond it those not used
     * for longest are unloaded, except pinned ones. Default: no limit.
     */
    SKYLOOM_MODEL_MEMORY_BYTES: z.coerce.number().int().min(1).optional(),
    /**
     * ed25519 public keys, 32 bytes as base64, separated by commas: a model version must be signed with one of them to be
     * loaded. Default: versions need no signature.
     */
    SKYLOOM_MODEL_KEYS: list(modelKeyProblem),
    /**
     * The secret with the private key, ed25519 in PEM, that signs the versions which this process publishes: imports, and
     * models that workflows trained. Default: they are not signed, and refused where SKYLOOM_MODEL_KEYS is set.
     */
    SKYLOOM_MODEL_SIGNING_SECRET: z.string().regex(secretNamePattern, secretNameRule).optional(),
    /** automatic: a model serves with its first request. explicit: only after POST /v2/repository/models/NAME/load. */
    SKYLOOM_MODEL_CONTROL: z.enum(["automatic", "explicit"]).default("automatic"),
    /** At a stop, how long requests under way may take to finish. */
    SKYLOOM_DRAIN_SECONDS: seconds(20),
    /** Between two looks at a prefix of the bucket that a workflow's trigger watches. */
    SKYLOOM_OBJECT_POLL_SECONDS: z.coerce.number().min(1).max(86_400).default(10),
    /** What runs containers of tasks. Default: kubernetes in a cluster, docker where it runs, else process. */
    SKYLOOM_CONTAINERS: z
      .enum(containerBackEnds, { error: `must be one of ${containerBackEnds.join(", ")}` })
      .optional(),
    /** Of tasks' Jobs. Default: the runtime's own, or that of the kubeconfig's context. */
    SKYLOOM_CONTAINER_NAMESPACE: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be the name of a namespace")
      .optional(),
    /** A LocalQueue of Kueue that tasks' Jobs wait in. */
    SKYLOOM_CONTAINER_QUEUE: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be the name of a LocalQueue")
      .optional(),
    /** Docker's network of tasks' containers: bridge, none, host or one that is there. */
    SKYLOOM_CONTAINER_NETWORK: z.string().min(1).default("bridge"),
    /** Nodes that the cluster brings when tasks ask for them: a JSON list (capacity/node-pools.ts). */
    SKYLOOM_NODE_POOLS: nodePoolsSetting.default([]),
    /**
     * What tasks share, where it is not to be what the machine or the cluster has: cpu=4,memory=16Gi,gpu/l4=2. Further
     * pools, which tasks name, stand behind semicolons: cpu=4; farm: gpu/h100=8. See admission/declared-pools.ts.
     */
    SKYLOOM_CAPACITY: declaredPoolsSetting.default(new Map()),
    /** Messages handled at the same time. */
    SKYLOOM_QUEUE_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(8),
  })
  .superRefine((settings, context) => {
    if (!isLoopback(settings.SKYLOOM_HOST) && settings.SKYLOOM_TOKEN === undefined)
      context.addIssue({
        code: "custom",
        path: ["SKYLOOM_TOKEN"],
        message: `is required when SKYLOOM_HOST (${settings.SKYLOOM_HOST}) is not loopback: set a secret of at least 16 characters`,
      });
    for (const name of ["SKYLOOM_WEBHOOK_SECRET", "SKYLOOM_MODEL_SIGNING_SECRET"] as const)
      if (settings[name] !== undefined && settings.SKYLOOM_SECRETS === undefined)
        context.addIssue({
          code: "custom",
          path: ["SKYLOOM_SECRETS"],
          message: `is required with ${name}: where that secret is read from`,
        });
    if (
      settings.SKYLOOM_SERVE_WORKFLOWS &&
      !isLoopback(settings.SKYLOOM_WORKFLOW_HOST) &&
      settings.SKYLOOM_WORKFLOW_KEY === undefined
    )
      context.addIssue({
        code: "custom",
        path: ["SKYLOOM_WORKFLOW_KEY"],
        message: `is required when SKYLOOM_WORKFLOW_HOST (${settings.SKYLOOM_WORKFLOW_HOST}) is not loopback: the public key by which Restate signs its calls`,
      });
  });

export interface RuntimeConfig {
  host: string;
  port: number;
  token: string | undefined;
  bucket: string;
  queue: string;
  secrets: string | undefined;
  allowPrivateAddresses: string[];
  webhookSecret: string | undefined;
  smtp: string | undefined;
  runRetentionDays: number;
  jobRetentionDays: number;
  restateIngress: string;
  restateAdmin: string;
  workflowHost: string;
  workflowPort: number;
  workflowUrl: string | undefined;
  workflowKey: string | undefined;
  serveWorkflows: boolean;
  consumeQueue: boolean;
  logLevel: "trace" | "debug" | "info" | "warn" | "error" | "silent";
  inferenceWorkers: number;
  executionProviders: ConfiguredProvider[];
  modelMemoryBytes: number | undefined;
  modelKeys: string[];
  modelSigningSecret: string | undefined;
  modelControl: "automatic" | "explicit";
  drainSeconds: number;
  objectPollSeconds: number;
  queueConcurrency: number;
  containers: ContainerBackEnd | undefined;
  containerNamespace: string | undefined;
  containerQueue: string | undefined;
  containerNetwork: string;
  nodePools: NodePool[];
  declaredPools: Map<string, PoolAmounts>;
}

/**
 * Reads the configuration from the environment.
 * @throws ApiError `invalid-configuration` with every problem at once.
 */
export function readConfig(environment: Record<string, string | undefined>): RuntimeConfig {
  const unknownNames = Object.keys(environment).filter(
    (name) => name.startsWith("SKYLOOM_") && !(name in schema.shape),
  );
  const fromFile = readTokenFile(environment);
  const parsed = schema.safeParse({ ...environment, ...fromFile.settings });
  const problems = [
    ...fromFile.problems,
    ...(parsed.success ? [] : parsed.error.issues).map((issue) => ({
      path: issue.path.join("."),
      message: issue.message,
    })),
    ...unknownNames.map((name) => ({
      path: name,
      message: `is no setting; known are ${Object.keys(schema.shape).join(", ")}`,
    })),
  ];
  if (problems.length > 0 || !parsed.success)
    throw new ApiError(
      `invalid configuration:\n${problems.map((problem) => `  ${problem.path}: ${problem.message}`).join("\n")}`,
      { status: 500, code: "invalid-configuration", problems },
    );
  const settings = parsed.data;
  return {
    host: settings.SKYLOOM_HOST,
    port: settings.SKYLOOM_PORT,
    token: settings.SKYLOOM_TOKEN,
    bucket: settings.SKYLOOM_BUCKET,
    queue: settings.SKYLOOM_QUEUE,
    secrets: settings.SKYLOOM_SECRETS,
    allowPrivateAddresses: settings.SKYLOOM_ALLOW_PRIVATE_ADDRESSES,
    webhookSecret: settings.SKYLOOM_WEBHOOK_SECRET,
    smtp: settings.SKYLOOM_SMTP,
    runRetentionDays: settings.SKYLOOM_RUN_RETENTION_DAYS,
    jobRetentionDays: settings.SKYLOOM_JOB_RETENTION_DAYS,
    restateIngress: settings.SKYLOOM_RESTATE_INGRESS,
    restateAdmin: settings.SKYLOOM_RESTATE_ADMIN,
    workflowHost: settings.SKYLOOM_WORKFLOW_HOST,
    workflowPort: settings.SKYLOOM_WORKFLOW_PORT,
    workflowUrl: settings.SKYLOOM_WORKFLOW_URL,
    workflowKey: settings.SKYLOOM_WORKFLOW_KEY,
    serveWorkflows: settings.SKYLOOM_SERVE_WORKFLOWS,
    consumeQueue: settings.SKYLOOM_CONSUME_QUEUE,
    logLevel: settings.SKYLOOM_LOG_LEVEL,
    inferenceWorkers: settings.SKYLOOM_INFERENCE_WORKERS,
    executionProviders: settings.SKYLOOM_EXECUTION_PROVIDERS,
    modelMemoryBytes: settings.SKYLOOM_MODEL_MEMORY_BYTES,
    modelKeys: settings.SKYLOOM_MODEL_KEYS,
    modelSigningSecret: settings.SKYLOOM_MODEL_SIGNING_SECRET,
    modelControl: settings.SKYLOOM_MODEL_CONTROL,
    drainSeconds: settings.SKYLOOM_DRAIN_SECONDS,
    objectPollSeconds: settings.SKYLOOM_OBJECT_POLL_SECONDS,
    queueConcurrency: settings.SKYLOOM_QUEUE_CONCURRENCY,
    containers: settings.SKYLOOM_CONTAINERS,
    containerNamespace: settings.SKYLOOM_CONTAINER_NAMESPACE,
    containerQueue: settings.SKYLOOM_CONTAINER_QUEUE,
    containerNetwork: settings.SKYLOOM_CONTAINER_NETWORK,
    nodePools: settings.SKYLOOM_NODE_POOLS,
    declaredPools: settings.SKYLOOM_CAPACITY,
  };
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The token where a file holds it: child processes and crash reports see the environment, but not the file. */
function readTokenFile({
  SKYLOOM_TOKEN: token,
  SKYLOOM_TOKEN_FILE: file,
}: Record<string, string | undefined>) {
  const wrong = (message: string) => ({ settings: {}, problems: [{ path: "SKYLOOM_TOKEN_FILE", message }] });
  if (file === undefined || file === "") return { settings: {}, problems: [] };
  if (token !== undefined) return wrong("must not be set together with SKYLOOM_TOKEN");
  try {
    return { settings: { SKYLOOM_TOKEN: readFileSync(file, "utf8").trim() }, problems: [] };
  } catch (error) {
    return wrong(`cannot be read: ${(error as Error).message}`);
  }
}
