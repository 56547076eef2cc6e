import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ApiError } from "../../runtime/errors.ts";
import { currentVersion, publishModel, readManifest } from "../../runtime/inference/model-repository.ts";
import type { ObjectStore } from "../../runtime/object-store/object-store.ts";
import { describeModels, modelNames } from "./describe-models.ts";
import { evaluateModels, missedTargets } from "./evaluate.ts";
import { defaultSettings, type TrainingSettings } from "./settings.ts";
import { sourceHash } from "./source-hash.ts";
import { trainModels } from "./train.ts";

export interface InstallOptions {
  store: ObjectStore;
  /** Such as http://127.0.0.1:8080. */
  runtimeUrl: string;
  token?: string;
  /** Hosts whose servers the scripts may control. Default: the machine that runs them, and no other. */
  controlHosts?: string[];
  onProgress?: (text: string) => void;
  /** Default: those that the published figures are for. */
  settings?: TrainingSettings;
}

export interface Installed {
  models: InstalledModel[];
  workflow: { version: number };
}

export interface InstalledModel {
  name: string;
  version: number;
  metrics: Record<string, number>;
  /** Whether it was trained now; false: the bucket had it already. */
  trained: boolean;
}

const folder = import.meta.dirname;
const CONTROL_HOSTS = "scripts/control-hosts.mjs";

/**
 * Brings the application into a runtime: trains and publishes its models where the bucket has none of this source
 * and these settings, and puts the workflow.
 * @throws ApiError `targets-missed` (422) with the figures; nothing is published then
 */
export async function installAutomaticOperations(options: InstallOptions): Promise<Installed> {
  const { store, onProgress = () => {}, settings = defaultSettings } = options;
  const models = await installModels(store, settings, onProgress);
  onProgress("putting the workflow");
  return { models, workflow: await putWorkflow(options) };
}

/** The part of the installation that needs no runtime. @throws ApiError `targets-missed` (422) */
export async function installModels(
  store: ObjectStore,
  settings: TrainingSettings,
  onProgress: (text: string) => void,
): Promise<InstalledModel[]> {
  const sources = await sourceHash(settings);
  const present = await Promise.all(modelNames.map((name) => currentManifest(store, name)));
  if (present.every((manifest) => manifest?.lineage.sources === sources))
    return present
      .filter((manifest) => manifest !== undefined)
      .map(({ name, version, metrics }) => ({ name, version, metrics, trained: false }));
  const trained = await trainModels(settings, onProgress);
  onProgress("evaluating on servers and messages that training never saw");
  const files = { detector: trained.detector.file, kind: trained.kind.file };
  const evaluation = await evaluateModels(files, trained.dataset);
  refuseMissedTargets(missedTargets(evaluation));
  const installed: InstalledModel[] = [];
  for (const model of describeModels(trained, evaluation, settings, sources)) {
    const { version } = await publishModel(store, model);
    installed.push({ name: model.name, version, metrics: model.metrics, trained: true });
  }
  return installed;
}

async function currentManifest(store: ObjectStore, name: string) {
  const version = await currentVersion(store, name);
  return version === undefined ? undefined : readManifest(store, name, version);
}

function refuseMissedTargets(missed: string[]): void {
  if (missed.length === 0) return;
  throw new ApiError(`the models are not published: ${missed.join("; ")}`, {
    status: 422,
    code: "targets-missed",
    problems: missed.map((message) => ({ path: "metrics", message })),
  });
}

async function putWorkflow({
  runtimeUrl,
  token,
  controlHosts,
}: InstallOptions): Promise<{ version: number }> {
  const scripts = (await readdir(join(folder, "scripts"))).filter((name) => name.endsWith(".mjs"));
  const files = await Promise.all(
    scripts.map(async (name) => [`scripts/${name}`, await readFile(join(folder, "scripts", name), "utf8")]),
  );
  if (controlHosts !== undefined)
    files.push([CONTROL_HOSTS, `export const controlHosts = ${JSON.stringify(controlHosts)};\n`]);
  const url = `${runtimeUrl.replace(/\/$/, "")}/v1/workflows/automatic-operations`;
  const response = await fetch(url, {
    method: "PUT",
    signal: AbortSignal.timeout(30_000),
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({
      specification: await readFile(join(folder, "workflow.yaml"), "utf8"),
      files: Object.fromEntries(files),
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`PUT ${url} answered ${response.status}: ${text.slice(0, 1000)}`);
  return { version: Number(JSON.parse(text).version) };
}
