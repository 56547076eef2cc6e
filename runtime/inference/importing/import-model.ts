import type { KeyObject } from "node:crypto";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { ApiError, invalidInput, type Problem } from "../../errors.ts";
import type { ObjectStore } from "../../object-store/object-store.ts";
import type { Outbound } from "../../outbound/outbound.ts";
import { type ModelManifest, manifestSchema } from "../manifest.ts";
import { type NewModelVersion, publishModel } from "../publish-model.ts";
import { readModelFolder } from "../read-model-folder.ts";
import { describeInThread } from "./describe-in-thread.ts";
import { createSource, type ModelSource } from "./model-source.ts";
import { writeFiles } from "./write-files.ts";

/** Of all files together, which lie on this machine's disk until they are published. */
export const maximumImportedBytes = 1024 ** 3;

const maximumManifestBytes = 16 * 1024 * 1024;

export interface ImportRequest {
  /**
   * `https://…` or `bucket:KEY`: an ONNX file; a manifest.json of a repository, with its files beside it; or, in the
   * bucket, a folder as readModelFolder takes one, with a slash at its end.
   */
  url: string;
  /** Default: that of the manifest or of model.json, else of the file or folder. */
  name?: string | undefined;
  /** Of the file that the URL names, as 64 hexadecimal digits. Default: not checked. */
  sha256?: string | undefined;
}

export interface ImportOptions {
  /** Where `bucket:` is, and where the model is published. */
  store: ObjectStore;
  outbound: Pick<Outbound, "send">;
  /** Default 1 GiB. */
  maximumBytes?: number;
  /** An ed25519 private key that signs the version. Default: it is not signed. */
  signingKey?: KeyObject | undefined;
  signal?: AbortSignal;
}

/**
 * Publishes a model from elsewhere, by way of this machine's disk. Every file that a manifest names must have the size and
 * SHA-256 that it says.
 * @throws ApiError `invalid-import` (400) with all problems of the request, `import-not-found` (404), `import-too-large`
 * (413), `import-corrupt` (422), what publishing and calls outside throw
 */
export async function importModel(
  request: ImportRequest,
  options: ImportOptions,
): Promise<Pick<ModelManifest, "name" | "version" | "inputs" | "outputs">> {
  const source = createSource(checkedUrl(request), options);
  const folder = await mkdtemp(join(tmpdir(), "skyloom-import-"));
  try {
    const model = await fetchModel(request, source, folder);
    const { version } = await publishModel(options.store, model, { signingKey: options.signingKey });
    return { name: model.name, version, inputs: model.inputs, outputs: model.outputs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchModel(
  { name, sha256 }: ImportRequest,
  source: ModelSource,
  folder: string,
): Promise<NewModelVersion> {
  if (source.files !== undefined) {
    await writeFiles(folder, source, await source.files());
    return await readModelFolder(folder, name ?? source.name, describeInThread);
  }
  const file = { path: basename(source.name), ...(sha256 !== undefined && { sha256: sha256.toLowerCase() }) };
  await writeFiles(folder, source, [file]);
  const path = join(folder, file.path);
  if (path.endsWith(".json")) return await fetchVersion(path, name, source);
  const model = await readModelFolder(path, name, describeInThread);
  return { ...model, lineage: { ...model.lineage, importedFrom: source.url } };
}

/** A version of another repository; it gets a number of this one. */
async function fetchVersion(
  manifestFile: string,
  name: string | undefined,
  source: ModelSource,
): Promise<NewModelVersion> {
  const manifest = await readManifest(manifestFile, source.url);
  const { files, version, platform: _platform, createdAt, ...description } = manifest;
  const folder = join(dirname(manifestFile), "files");
  await writeFiles(folder, source, files);
  return {
    ...description,
    ...(name !== undefined && { name }),
    lineage: {
      ...description.lineage,
      importedFrom: source.url,
      importedVersion: version,
      importedCreatedAt: createdAt,
    },
    files: Object.fromEntries(files.map(({ path }) => [path, { path: join(folder, path) }])),
  };
}

async function readManifest(file: string, url: string): Promise<ModelManifest> {
  const corrupt = (problems: Problem[]) =>
    new ApiError(`${url} is no manifest of a model: ${problems[0]?.path} ${problems[0]?.message}`, {
      status: 422,
      code: "import-corrupt",
      problems,
    });
  if ((await stat(file)).size > maximumManifestBytes)
    throw corrupt([{ path: "", message: `is larger than ${maximumManifestBytes} bytes` }]);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw corrupt([{ path: "", message: `is no JSON: ${(error as Error).message}` }]);
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw corrupt(parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message })));
}

function checkedUrl({ url, name, sha256 }: ImportRequest): string {
  const problems: Problem[] = [];
  const isInBucket = /^bucket:[^/]/.test(url);
  if (!isInBucket && !(URL.canParse(url) && new URL(url).protocol === "https:"))
    problems.push({
      path: "url",
      message: "must be https://…, or bucket:KEY for an object of the stack's bucket",
    });
  else if (
    !/\.(onnx|json)$/.test(isInBucket ? url : new URL(url).pathname) &&
    !(isInBucket && url.endsWith("/"))
  )
    problems.push({
      path: "url",
      message: "must name an .onnx file or a manifest.json; in the bucket also a folder, with / at its end",
    });
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256))
    problems.push({ path: "sha256", message: "must be 64 hexadecimal digits" });
  if (sha256 !== undefined && isInBucket && url.endsWith("/"))
    problems.push({ path: "sha256", message: "is of one file; a folder has many" });
  const nameProblem =
    name === undefined ? undefined : manifestSchema.shape.name.safeParse(name).error?.issues[0];
  if (nameProblem !== undefined) problems.push({ path: "name", message: nameProblem.message });
  if (problems.length > 0) throw invalidInput("invalid-import", problems, "import");
  return url;
}
