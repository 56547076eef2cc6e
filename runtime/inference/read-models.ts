import { createHash } from "node:crypto";
import { z } from "zod";
import { ApiError, errorMessage, notFound, type Problem } from "../errors.ts";
import { listAll } from "../object-store/list-all.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { type ModelManifest, manifestSchema } from "./manifest.ts";
import { checkSignature, signatureFile } from "./model-signature.ts";

/** Sorts after everything else that may follow a prefix. */
const lastCharacter = "\u{10ffff}";

export const modelsPrefix = "models/";
export const versionFolder = (name: string, version: number) => `${modelsPrefix}${name}/${version}/`;
export const pointerKey = (name: string) => `${modelsPrefix}${name}/current.json`;

const versionNumber = z.number().int().min(1);

export const versionPolicySchema = z.union(
  [
    z.literal("all"),
    z.strictObject({ latest: versionNumber.max(32) }),
    z.strictObject({ specific: z.array(versionNumber).min(1).max(32) }),
  ],
  'must be "all", {"latest": COUNT} or {"specific": [VERSION, …]}, with at most 32 versions',
);

const pointerSchema = z.object({
  version: versionNumber,
  aliases: z.record(z.string(), versionNumber).default({}),
  versionPolicy: versionPolicySchema.optional(),
});

export interface ModelPointer {
  /** The version that is served where none is asked for. */
  version: number;
  /** Names such as stable and canary, by which a version can be asked for. */
  aliases: Record<string, number>;
  /**
   * Which versions may be asked for besides the current one and those with an alias. The latest or specific ones are
   * loaded ahead, of all each with its first request. Default: all.
   */
  versionPolicy?: "all" | { latest: number } | { specific: number[] } | undefined;
  etag: string;
}

/**
 * `models/NAME/current.json`; undefined where there is none.
 * @throws ApiError `model-corrupt` (503)
 */
export async function readPointer(store: ObjectStore, name: string): Promise<ModelPointer | undefined> {
  const key = pointerKey(name);
  const object = isModelName(name) ? await store.get(key) : undefined;
  if (object === undefined) return undefined;
  return { ...parseStored(key, object.body, pointerSchema), etag: object.etag };
}

/** The number of the current version; undefined where there is no such model. */
export async function currentVersion(store: ObjectStore, name: string): Promise<number | undefined> {
  return (await readPointer(store, name))?.version;
}

/**
 * What a version is: inputs and outputs, files, metrics, lineage.
 * @param keys public keys, one of which must have signed it. Default: it need not be signed.
 * @throws ApiError `model-not-found`, `model-version-not-found` (404), `model-corrupt`, `model-not-signed` (503)
 */
export async function readManifest(
  store: ObjectStore,
  name: string,
  version: number,
  keys: string[] = [],
): Promise<ModelManifest> {
  const folder = versionFolder(name, version);
  const key = `${folder}manifest.json`;
  const object = isModelName(name) ? await store.get(key) : undefined;
  if (object === undefined) {
    if ((await readPointer(store, name)) === undefined) throw modelNotFound(name);
    throw notFound("model-version-not-found", `model ${name} has no version ${version}`);
  }
  if (keys.length > 0) {
    const signature = (await store.get(`${folder}${signatureFile}`))?.body;
    checkSignature(`version ${version} of model ${name}`, { manifest: object.body, signature, keys });
  }
  const manifest = parseStored(key, object.body, manifestSchema);
  if (manifest.name !== name || manifest.version !== version)
    throw corrupt(key, [{ path: key, message: `is the manifest of ${manifest.name} ${manifest.version}` }]);
  return manifest;
}

/**
 * A version's files by path, each with the size and the SHA-256 that the manifest says.
 * @throws ApiError `model-corrupt` (503) with every file that is missing or differs
 */
export async function readModelFiles(
  store: ObjectStore,
  manifest: ModelManifest,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const problems: Problem[] = [];
  for (const { path, size, sha256 } of manifest.files) {
    const key = `${versionFolder(manifest.name, manifest.version)}${path}`;
    const body = (await store.get(key))?.body;
    if (body === undefined) problems.push({ path: key, message: "is missing" });
    else if (body.length !== size)
      problems.push({ path: key, message: `has ${body.length} bytes, the manifest says ${size}` });
    else if (sha256Of(body) !== sha256)
      problems.push({ path: key, message: "does not have the SHA-256 of the manifest" });
    else files.set(path, body);
  }
  if (problems.length > 0) throw corrupt(`${manifest.name} ${manifest.version}`, problems);
  return files;
}

/** Names of all models that have a current version, ascending. */
export async function listModels(store: ObjectStore): Promise<string[]> {
  const names: string[] = [];
  let startAfter = modelsPrefix;
  for (;;) {
    // One step a model, however many versions and files it has.
    const { objects } = await store.list({ prefix: modelsPrefix, startAfter, limit: 1 });
    const name = objects[0]?.key.slice(modelsPrefix.length).split("/")[0];
    if (name === undefined) return names;
    if ((await store.head(pointerKey(name))) !== undefined) names.push(name);
    startAfter = `${modelsPrefix}${name}/${lastCharacter}`;
  }
}

/** Numbers of a model's published versions, ascending; with `unfinished` also those without a manifest. */
export async function listVersions(
  store: ObjectStore,
  name: string,
  { unfinished = false }: { unfinished?: boolean } = {},
): Promise<number[]> {
  const prefix = `${modelsPrefix}${name}/`;
  const versions = new Set<number>();
  for await (const { key } of listAll(store, prefix)) {
    const [, version, path] = /^([1-9]\d{0,14})\/(.+)$/.exec(key.slice(prefix.length)) ?? [];
    if (version !== undefined && (unfinished || path === "manifest.json")) versions.add(Number(version));
  }
  return [...versions].sort((a, b) => a - b);
}

export function modelNotFound(name: string): ApiError {
  return notFound("model-not-found", `there is no model ${JSON.stringify(name.slice(0, 128))}`);
}

export function sha256Of(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function isModelName(name: string): boolean {
  return manifestSchema.shape.name.safeParse(name).success;
}

function parseStored<Schema extends z.ZodType>(
  key: string,
  body: Uint8Array,
  schema: Schema,
): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw corrupt(key, [{ path: key, message: `is no JSON: ${errorMessage(cause)}` }]);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({
    path: `${key}: ${issue.path.join(".")}`,
    message: issue.message,
  }));
  throw corrupt(key, problems);
}

function corrupt(what: string, problems: Problem[]): ApiError {
  const list = problems.map((problem) => `${problem.path} ${problem.message}`).join("; ");
  return new ApiError(`${what} is corrupt: ${list}`, {
    status: 503,
    code: "model-corrupt",
    problems,
    isRetryable: false,
  });
}
