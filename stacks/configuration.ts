import { z } from "zod";
import { machineClouds, unbilledClouds } from "../components/cloud.ts";
import { stackPolicies } from "../policies/configuration/stack-settings.ts";
import { parseUrl } from "../runtime/back-end-url.ts";
import { modelKeyProblem } from "../runtime/inference/model-keys.ts";
import { smtpUrlForms } from "../runtime/mail/smtp-urls.ts";
import { nearestName } from "../runtime/nearest-name.ts";
import { allowedEntryProblem } from "../runtime/outbound/address-rules.ts";
import { secretNamePattern, secretNameRule } from "../runtime/secrets/secret-rules.ts";
import { declaredPoolsProblems } from "../runtime/workflows/admission/declared-pools.ts";
import { credentials, existingCluster } from "./existing-cluster.ts";
import { containers, gateway, mesh, monitoring } from "./platform-settings.ts";
import {
  budget,
  generalPool,
  gpuPool,
  labelMessage,
  labelValue,
  publicEndpoint,
} from "./pools-and-limits.ts";

const integer = (minimum: number, maximum: number, what: string) =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= minimum && Number(text) <= maximum, {
      message: `must be ${what}: a whole number from ${minimum} to ${maximum}`,
    })
    .transform(Number);

const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, { error: `must be one of ${names.join(", ")}` });

const boolean = z
  .enum(["true", "false"], { error: "must be true or false" })
  .transform((text) => text === "true");

const json = <Schema extends z.ZodType>(schema: Schema, what: string) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: `must be ${what}` });
        return z.NEVER;
      }
    })
    .pipe(schema);

const entry = (problemOf: (text: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const message = problemOf(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

/** Every setting of a stack, as text, which is what the engine passes on; defaults are in Pulumi.yaml. */
const schema = {
  cloud: oneOf(["local", "aws", "azure", "gcp", "existing"]),
  environment: oneOf(["development", "staging", "production"]),
  port: integer(1024, 65_000, "the first of six ports in a row"),
  inferenceWorkers: integer(1, 64, "a number of worker threads"),
  logLevel: oneOf(["trace", "debug", "info", "warn", "error", "silent"]),
  queueConcurrency: integer(1, 256, "a number of messages"),
  allowPrivateAddresses: json(
    z.array(entry(allowedEntryProblem)),
    "a list of addresses, networks and names of hosts",
  ),
  webhookSecret: z.string().regex(secretNamePattern, secretNameRule).optional(),
  tracingEndpoint: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
  modelSigningSecret: z.string().regex(secretNamePattern, secretNameRule).optional(),
  modelKeys: json(z.array(entry(modelKeyProblem)), "a list of ed25519 public keys"),
  runRetentionDays: integer(0, 36_500, "a number of days, 0: for ever"),
  jobRetentionDays: integer(0, 36_500, "a number of days, 0: for ever"),
  drainSeconds: integer(0, 3600, "a number of seconds"),
  workerIdleSeconds: integer(10, 86_400, "a number of seconds"),
  maximumDeliveries: integer(1, 1000, "a number of deliveries"),
  visibilitySeconds: integer(1, 43_200, "a number of seconds"),
  examples: boolean,
  capacity: z
    .string()
    .superRefine((text, context) => {
      for (const message of declaredPoolsProblems(text)) context.addIssue({ code: "custom", message });
    })
    .optional(),
  smtp: z
    .string()
    .superRefine((url, context) => {
      const result = parseUrl(url, smtpUrlForms);
      for (const message of "problems" in result ? result.problems : [])
        context.addIssue({ code: "custom", message });
    })
    .optional(),
  token: z.string().min(16, "must be a secret of at least 16 characters").optional(),
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/, "must be a region's name, such as eu-west-1")
    .optional(),
  image: z
    .string()
    .regex(/^[^\s@]+@sha256:[0-9a-f]{64}$/, "must be an image by its digest: repository@sha256:…")
    .optional(),
  gpuPools: json(z.array(gpuPool), "a list of pools"),
  generalPool: json(generalPool, "a pool").optional(),
  publicEndpoint: json(publicEndpoint, "{enabled, allowedCidrs}"),
  existing: json(existingCluster, "{bucket, queue, registry, …}").optional(),
  credentials: json(credentials, "{accessKeyId, secretAccessKey}").optional(),
  runtimeReplicas: integer(1, 100, "a number of replicas").optional(),
  workflowNodes: z
    .enum(["1", "3"], { error: "must be 1 or 3" })
    .transform((text) => (text === "1" ? 1 : 3))
    .optional(),
  workflowStorageGib: integer(1, 16_384, "GiB of each node of the workflow engine").optional(),
  containers: json(containers, "{egress, seesCluster, queue}").optional(),
  gateway: json(gateway, "{host, issuerEmail, …}").optional(),
  monitoring: json(monitoring, "{prometheus, …}").optional(),
  mesh: mesh.default("none"),
  policies: json(stackPolicies, "{waivers, withoutPack, …}").optional(),
  budget: json(budget, "{monthlyUsd, notify}").optional(),
  clusterAdmins: json(z.array(z.string().min(1)).min(1), "a list of names").optional(),
  deletionProtection: boolean.optional(),
  retainData: boolean.optional(),
  billingAccount: z.string().min(1).optional(),
  logRetentionDays: integer(1, 3653, "a number of days").optional(),
  owner: z.string().regex(labelValue, labelMessage).optional(),
  costCentre: z.string().regex(labelValue, labelMessage).optional(),
};

const secretSettings = ["token", "credentials"] as const;

const shape = z.object(schema);
export type StackConfiguration = z.infer<typeof shape>;

/**
 * The settings of the stack from the engine's map of `project:key` to text.
 * @param file where the user set them, for messages.
 * @throws Error with every problem at once: key, file, what is allowed.
 */
export function readConfiguration(
  values: Record<string, string>,
  secretKeys: string[],
  file: string,
): StackConfiguration {
  const own = Object.entries(values).filter(([key]) => key.startsWith("skyloom:"));
  const named = Object.fromEntries(own.map(([key, value]) => [key.slice("skyloom:".length), value]));
  const parsed = shape.safeParse(named);
  const problems = [
    ...Object.keys(named).flatMap(unknownKeyProblem),
    ...(parsed.success ? [] : parsed.error.issues).map(
      ({ path: [key, ...within], message }) =>
        `skyloom:${String(key)}${propertyPath(within)}: ${message}${within.length > 0 ? "" : currentValue(named[String(key)], key)}`,
    ),
    ...secretSettings
      .filter((key) => named[key] !== undefined && !secretKeys.includes(`skyloom:${key}`))
      .map((key) => `skyloom:${key}: must be a secret: pulumi config set --secret ${key}`),
  ];
  if (parsed.success)
    problems.push(
      ...missingForBilledCloud(parsed.data),
      ...wantsCluster(parsed.data),
      ...gatewayProblems(parsed.data),
      ...secretProblems(parsed.data),
    );
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new Error(`wrong configuration in ${file}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
}

/** What a stack that costs money cannot do without. */
function missingForBilledCloud({ cloud, region, budget, owner, costCentre }: StackConfiguration): string[] {
  if (unbilledClouds.includes(cloud)) return [];
  return [
    ...(region === undefined ? ["skyloom:region: is missing: the cloud's name of where the stack runs"] : []),
    ...(budget === undefined
      ? ["skyloom:budget: is missing: {monthlyUsd, notify}, how much and who is told"]
      : []),
    ...(owner === undefined
      ? ["skyloom:owner: is missing: the team, for the tags of everything that bills"]
      : []),
    ...(costCentre === undefined ? ["skyloom:costCentre: is missing: who pays, for the tags"] : []),
  ];
}

/** What only a cluster can have. */
function wantsCluster({ cloud, containers, gateway, monitoring, mesh }: StackConfiguration): string[] {
  if (!machineClouds.includes(cloud)) return [];
  const set = {
    containers: containers !== undefined,
    gateway: gateway !== undefined,
    monitoring: monitoring?.prometheus === true,
    mesh: mesh !== "none",
  };
  return Object.entries(set).flatMap(([key, isSet]) =>
    isSet
      ? [`skyloom:${key}: must not be set here: it is put into a Kubernetes cluster, and ${cloud} has none`]
      : [],
  );
}

function gatewayProblems({ gateway }: StackConfiguration): string[] {
  return gateway?.install === false && gateway.className === undefined
    ? ["skyloom:gateway.className: is missing: with install false, the GatewayClass that is there"]
    : [];
}

/** Settings that name a secret need a store of them. */
function secretProblems(configuration: StackConfiguration): string[] {
  const { existing } = configuration;
  if (existing === undefined || existing.secrets !== undefined) return [];
  return (["webhookSecret", "modelSigningSecret"] as const).flatMap((name) =>
    configuration[name] === undefined
      ? []
      : [`skyloom:${name}: needs skyloom:existing.secrets, where that secret is read from`],
  );
}

function unknownKeyProblem(key: string): string[] {
  const known = Object.keys(schema);
  if (known.includes(key)) return [];
  const nearest = nearestName(key, known);
  const hint = nearest === undefined ? "" : `; did you mean skyloom:${nearest}?`;
  return [
    `skyloom:${key}: is no setting${hint} Known are ${known.join(", ")}`.replace(
      "setting Known",
      "setting. Known",
    ),
  ];
}

function propertyPath(path: PropertyKey[]): string {
  return path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
}

/** A secret is never shown. */
function currentValue(value: string | undefined, key: PropertyKey | undefined): string {
  if (secretSettings.some((name) => name === key)) return "";
  return value === undefined ? " (it is not set)" : `, not ${JSON.stringify(value)}`;
}
