import { ApiException } from "@kubernetes/client-node";
import { Config, log } from "@pulumi/pulumi";
import { parseUrl } from "../../../runtime/back-end-url.ts";
import { bucketUrlForms } from "../../../runtime/object-store/bucket-urls.ts";
import { queueUrlForms } from "../../../runtime/queue/queue-urls.ts";
import type { CloudSettings } from "../../cloud-settings.ts";
import { imageProblem } from "../../preflight/runtime-image.ts";
import { noGpuPools } from "./capabilities.ts";
import { type ClusterAccess, type ClusterApi, openCluster } from "./cluster-api.ts";
import { checkRights, type Looked } from "./rights.ts";
import { checkSecrets, secretsNameProblems } from "./secrets.ts";
import type { ExistingCredentials, ExistingSettings } from "./settings.ts";

/** What the stack will be made of. */
export interface ExistingPlan {
  existing: ExistingSettings;
  credentials: ExistingCredentials;
  access: ClusterAccess;
}

interface Findings {
  problems: string[];
  warnings: string[];
}

/**
 * Checks everything that can be known before the first object: configuration, login, rights, storage class, KEDA,
 * accelerators, the workflows' secret.
 * @throws Error with every problem, each with its configuration key and what is allowed.
 */
export async function planStack(
  settings: CloudSettings,
  open: typeof openCluster = openCluster,
): Promise<ExistingPlan> {
  const { existing } = settings;
  const credentials = new Config("skyloom").getObject<ExistingCredentials>("credentials");
  if (existing === undefined)
    throw refused(settings, [
      "skyloom:existing: is missing: {bucket, queue, registry, …}, see docs/existing.md",
    ]);
  const configured = [...settingProblems(settings, existing), ...credentialProblems(credentials)];
  let cluster: ClusterApi;
  try {
    cluster = open(existing);
  } catch (error) {
    throw refused(settings, [...configured, (error as Error).message]);
  }
  const { problems, warnings } = await askCluster(cluster, settings, existing);
  const all = [...configured, ...problems];
  if (all.length > 0 || credentials === undefined) throw refused(settings, all);
  for (const warning of warnings) await log.warn(warning);
  return { existing, credentials, access: cluster.access };
}

function refused({ stack }: CloudSettings, problems: string[]): Error {
  const lines = problems.map((problem) => `  ${problem}`);
  return new Error(`stack ${stack} cannot be brought up; nothing was changed:\n${lines.join("\n")}`);
}

function settingProblems(settings: CloudSettings, existing: ExistingSettings): string[] {
  const { image, projectFolder, gpuPools, budget } = settings;
  const bucket = parseUrl(existing.bucket, { "s3:": bucketUrlForms["s3:"] });
  const queue = parseUrl(existing.queue, { "sqs:": queueUrlForms["sqs:"] });
  const known = Object.keys(existing.accelerators);
  const noImage = imageProblem(image, projectFolder);
  return [
    ...("problems" in bucket ? bucket.problems.map((one) => `skyloom:existing.bucket: ${one}`) : []),
    ...("problems" in queue ? queue.problems.map((one) => `skyloom:existing.queue: ${one}`) : []),
    ...secretsNameProblems(existing),
    ...(noImage === undefined ? [] : [noImage]),
    ...(image === undefined && existing.registry === undefined
      ? ["skyloom:existing.registry: is missing: where the image is pushed to; or set skyloom:image"]
      : []),
    ...(budget === undefined
      ? []
      : ["skyloom:budget: this cloud has none: there is nobody to ask for the bill"]),
    ...gpuPools.flatMap(({ accelerator }, index) =>
      known.includes(accelerator)
        ? []
        : [
            `skyloom:gpuPools[${index}].accelerator: no node is known to have "${accelerator}": ${noGpuPools}; described are: ${known.join(", ") || "none"}`,
          ],
    ),
  ];
}

function credentialProblems(credentials: ExistingCredentials | undefined): string[] {
  const names = ["accessKeyId", "secretAccessKey"] as const;
  const missing = names.filter((name) => typeof credentials?.[name] !== "string" || credentials[name] === "");
  if (missing.length === 0) return [];
  return [
    `skyloom:credentials: ${missing.join(" and ")} missing: pulumi config set --secret --path credentials.${missing[0]} …`,
  ];
}

async function askCluster(
  cluster: ClusterApi,
  settings: CloudSettings,
  existing: ExistingSettings,
): Promise<Findings> {
  try {
    await cluster.version();
  } catch (error) {
    return { problems: [unreachable(cluster.access, error)], warnings: [] };
  }
  const rights = await checkRights(cluster, settings, existing);
  const look = async (at: Looked, ask: () => Promise<string[]>) => (rights.mayLook(at) ? await ask() : []);
  const [storage, keda, kinds, gpus, secrets] = await Promise.all([
    look("storageclasses", () => storageProblems(cluster, existing)),
    look("customresourcedefinitions", () => kedaProblems(cluster, settings)),
    look("customresourcedefinitions", () => kindProblems(cluster, settings)),
    look("nodes", () => gpuWarnings(cluster, settings, existing)),
    rights.mayLook("secrets") ? checkSecrets(cluster, existing) : { problems: [], warnings: [] },
  ]);
  return {
    problems: [...rights.problems, ...storage, ...keda, ...kinds, ...secrets.problems],
    warnings: [...gpus, ...secrets.warnings],
  };
}

function unreachable({ description, path }: ClusterAccess, error: unknown): string {
  if (error instanceof ApiException && error.code === 401)
    return `${description}: the login of ${path} is expired or wrong (401); get a new kubeconfig from the cluster's administrator`;
  if (error instanceof ApiException)
    return `${description}: the API server answers ${error.code}; is ${path} the right kubeconfig?`;
  const { message, cause } = error as Error;
  const reason = cause instanceof Error ? cause.message : message;
  return `${description}: cannot be reached: ${reason}; is it running, and does ${path} name its address?`;
}

async function storageProblems(cluster: ClusterApi, { storageClass }: ExistingSettings): Promise<string[]> {
  const classes = await cluster.storageClasses();
  const names = classes.map(({ name }) => name).join(", ") || "none";
  if (storageClass !== undefined)
    return classes.some(({ name }) => name === storageClass)
      ? []
      : [`skyloom:existing.storageClass: there is no "${storageClass}"; the cluster has ${names}`];
  return classes.some(({ isDefault }) => isDefault)
    ? []
    : [`skyloom:existing.storageClass: is not set, and the cluster has no default; it has ${names}`];
}

async function kedaProblems(cluster: ClusterApi, { gpuPools }: CloudSettings): Promise<string[]> {
  if (gpuPools.length === 0 || (await cluster.hasCustomResource("scaledobjects.keda.sh"))) return [];
  return [
    "skyloom:gpuPools: KEDA, which scales their workers, is not in the cluster; install it (https://keda.sh/docs/2.17/deploy/), or set no pools",
  ];
}

/** What the stack's optional parts are made of. */
async function kindProblems(
  cluster: ClusterApi,
  { neededKinds = [] }: Pick<CloudSettings, "neededKinds">,
): Promise<string[]> {
  const known = await Promise.all(neededKinds.map(({ resource }) => cluster.hasCustomResource(resource)));
  return neededKinds.flatMap(({ setting, resource, bring }, index) =>
    known[index] ? [] : [`skyloom:${setting}: the cluster does not know ${resource}; ${bring}`],
  );
}

/** No problem: an autoscaler may bring such nodes, or a person. */
async function gpuWarnings(
  cluster: ClusterApi,
  { gpuPools }: CloudSettings,
  { accelerators }: ExistingSettings,
): Promise<string[]> {
  const warnings = gpuPools.map(async ({ name, accelerator, count }, index) => {
    const { labels } = accelerators[accelerator] ?? { labels: undefined };
    if (labels === undefined) return [];
    const gpus = await cluster.gpusOfNodes(labels);
    if (gpus.some((one) => one >= count)) return [];
    return [
      `skyloom:gpuPools[${index}]: no node with the labels of "${accelerator}" offers a GPU now; workers of "${name}" wait until one does`,
    ];
  });
  return (await Promise.all(warnings)).flat();
}
