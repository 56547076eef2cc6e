import type { KeyObject } from "node:crypto";
import { ApiError, invalidInput, type Problem } from "../errors.ts";
import { isPreconditionFailed } from "../object-store/object-key.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { routeKey } from "../routing/route-keys.ts";
import { checkParts } from "./ensembles/check-parts.ts";
import { type ModelDescription, type ModelManifest, modelDescriptionSchema } from "./manifest.ts";
import { type ModelFile, modelFileProblem, storeModelFile } from "./model-file.ts";
import { signatureFile, signManifest } from "./model-signature.ts";
import { filesOfSteps } from "./preprocessing/schema.ts";
import { listVersions, pointerKey, readPointer, versionFolder } from "./read-models.ts";

export interface NewModelVersion extends ModelDescription {
  /** By path; none of an ensemble. */
  files: Record<string, ModelFile>;
}

export interface PublishOptions {
  /** Default: the time now. */
  now?: () => Date;
  /** An ed25519 private key that signs the version. Default: it is not signed. */
  signingKey?: KeyObject | undefined;
}

/** Publishers that meet take turns; more meetings than this mean that something else is wrong. */
const maximumAttempts = 100;

/**
 * Publishes a new version of a model: checks all of it, writes files, then the manifest, then the pointer. Readers
 * see the old current version until the pointer is written. Publishers at the same time get different numbers, and
 * the highest becomes current.
 * @throws ApiError `invalid-model` (400) with every problem, `name-taken` (409) where a route has the name; nothing was
 * written then
 */
export async function publishModel(
  store: ObjectStore,
  model: NewModelVersion,
  { now = () => new Date(), signingKey }: PublishOptions = {},
): Promise<{ version: number }> {
  const { files, ...description } = model;
  await checkModel(store, description, files);
  await refuseRouteName(store, model.name);
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const createdAt = now().toISOString();
  for (let attempt = 1; attempt <= maximumAttempts; attempt += 1) {
    const version = await nextVersion(store, model.name);
    const head = {
      ...description,
      version,
      platform: description.steps === undefined ? ("onnxruntime_onnx" as const) : ("ensemble" as const),
      createdAt,
    };
    if (!(await writeVersion(store, head, entries, signingKey))) continue;
    await makeCurrent(store, model.name, version);
    return { version };
  }
  throw new ApiError(`model ${model.name} was not published: others published it ${maximumAttempts} times`, {
    status: 503,
    code: "publish-conflict",
  });
}

async function checkModel(
  store: ObjectStore,
  description: ModelDescription,
  files: Record<string, ModelFile>,
): Promise<void> {
  const parsed = modelDescriptionSchema.safeParse(description);
  const problems: Problem[] = (parsed.success ? [] : parsed.error.issues).map((issue) => ({
    path: issue.path.join("."),
    message: issue.message,
  }));
  const { model, steps } = description;
  if (model !== undefined && !Object.hasOwn(files, model))
    problems.push({ path: "model", message: `${model} is none of the files` });
  for (const file of parsed.success ? filesOfSteps(parsed.data.preprocessing ?? []) : [])
    if (!Object.hasOwn(files, file))
      problems.push({ path: "preprocessing", message: `${file} is none of the files` });
  if (steps !== undefined && Object.keys(files).length > 0)
    problems.push({ path: "files", message: "must be empty: an ensemble has no files of its own" });
  if (modelDescriptionSchema.shape.steps.safeParse(steps).success && steps !== undefined)
    problems.push(...(await checkParts(store, { ...description, steps })));
  const pathSchema = modelDescriptionSchema.shape.model;
  for (const [path, file] of Object.entries(files)) {
    for (const issue of pathSchema.safeParse(path).error?.issues ?? [])
      problems.push({ path: `files.${path}`, message: issue.message });
    const message = modelFileProblem(file);
    if (message !== undefined) problems.push({ path: `files.${path}`, message });
  }
  if (problems.length > 0) throw invalidInput("invalid-model", problems, "model");
}

/** Requests that call the name would reach the route, never the model. */
async function refuseRouteName(store: ObjectStore, name: string): Promise<void> {
  if ((await store.head(routeKey(name))) === undefined) return;
  throw new ApiError(`${name} is the name of a route already; give the model another name`, {
    status: 409,
    code: "name-taken",
  });
}

/** Above every number that was ever begun. */
async function nextVersion(store: ObjectStore, name: string): Promise<number> {
  const begun = await listVersions(store, name, { unfinished: true });
  const current = (await readPointer(store, name))?.version ?? 0;
  return Math.max(current, begun.at(-1) ?? 0) + 1;
}

/** False, with nothing of it left, where another publisher has the number. */
async function writeVersion(
  store: ObjectStore,
  head: Omit<ModelManifest, "files">,
  files: [path: string, file: ModelFile][],
  signingKey: KeyObject | undefined,
): Promise<boolean> {
  const folder = versionFolder(head.name, head.version);
  const written: string[] = [];
  async function write(path: string, file: ModelFile) {
    const described = await storeModelFile(store, `${folder}${path}`, file);
    written.push(`${folder}${path}`);
    return { path, ...described };
  }
  try {
    const manifest: ModelManifest = { ...head, files: [] };
    for (const [path, file] of files) manifest.files.push(await write(path, file));
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    if (signingKey !== undefined) await write(signatureFile, Buffer.from(signManifest(text, signingKey)));
    // Last: with it the version is there.
    await write("manifest.json", text);
    return true;
  } catch (error) {
    await Promise.all(written.map((key) => store.delete(key)));
    if (isPreconditionFailed(error)) return false;
    throw error;
  }
}

/** Points to the version, unless a higher one was published meanwhile. */
export async function makeCurrent(store: ObjectStore, name: string, version: number): Promise<void> {
  for (;;) {
    const current = await readPointer(store, name);
    if (current !== undefined && current.version >= version) return;
    const { etag: _etag, ...kept } = current ?? { etag: "", aliases: {} };
    const pointer = `${JSON.stringify({ ...kept, version }, null, 2)}\n`;
    try {
      const condition = current === undefined ? { ifNoneMatch: "*" as const } : { ifMatch: current.etag };
      await store.put(pointerKey(name), pointer, condition);
      return;
    } catch (error) {
      if (!isPreconditionFailed(error)) throw error;
    }
  }
}
