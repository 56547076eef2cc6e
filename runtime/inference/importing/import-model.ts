import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ApiError, invalidInput, type Problem } from "../../errors.ts";
import type { ObjectStore } from "../../object-store/object-store.ts";
import type { Outbound } from "../../outbound/outbound.ts";
import { type ModelManifest, manifestSchema } from "../manifest.ts";
import type { NewModelVersion } from "../publish-model.ts";
import { readModelFolder } from "../read-model-folder.ts";
import { describeInThread } from "./describe-in-thread.ts";
import { createSource, type ModelSource } from "./model-source.ts";
import { writeFiles } from "./write-files.ts";

/** Of all files together: they are held in memory when they are published. */
export const maximumImportedBytes = 1024 ** 3;

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
  /** Where `bucket:` is. */
  store: ObjectStore;
  outbound: Pick<Outbound, "send">;
  /** Default 1 GiB. */
  maximumBytes?: number;
  signal?: AbortSignal;
}

/**
 * Fetches a model, to be published. Every file that a manifest names has the size and SHA-256 that it says.
 * @throws ApiError `invalid-import` (400) with all problems of the request, `import-not-found` (404), `import-too-large`
 * (413), `import-corrupt` (422), `invalid-model` (400), and what calls outside throw
 */
export async function fetchModel(request: ImportRequest, options: ImportOptions): Promise<NewModelVersion> {
  const source = createSource(checkedUrl(request), options);
  const folder = await mkdtemp(join(tmpdir(), "skyloom-import-"));
  try {
    if (source.files === undefined) return await fetchFile(request, source, folder);
    await writeFiles(folder, source, await source.files());
    return await readModelFolder(folder, request.name ?? source.name, describeInThread);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fetchFile(
  { name, sha256 }: ImportRequest,
  source: ModelSource,
  folder: string,
): Promise<NewModelVersion> {
  const file = { path: basename(source.name), ...(sha256 !== undefined && { sha256: sha256.toLowerCase() }) };
  if (file.path.endsWith(".json")) {
    const manifest = readManifest(await source.read(file), source.url);
    return await fetchVersion(manifest, name, source);
  }
  await writeFiles(folder, source, [file]);
  const model = await readModelFolder(join(folder, file.path), name, describeInThread);
  return { ...model, lineage: { ...model.lineage, importedFrom: source.url } };
}

/** A version of another repository; it gets a number of this one. */
async function fetchVersion(
  manifest: ModelManifest,
  name: string | undefined,
  source: ModelSource,
): Promise<NewModelVersion> {
  const { files, version, platform: _platform, createdAt, ...description } = manifest;
  const content: Record<string, Uint8Array> = {};
  for (const file of files) content[file.path] = await source.read(file);
  return {
    ...description,
    ...(name !== undefined && { name }),
    lineage: {
      ...description.lineage,
      importedFrom: source.url,
      importedVersion: version,
      importedCreatedAt: createdAt,
    },
    files: content,
  };
}

function readManifest(content: Uint8Array, url: string): ModelManifest {
  const corrupt = (problems: Problem[]) =>
    new ApiError(`${url} is no manifest of a model: ${problems[0]?.path} ${problems[0]?.message}`, {
      status: 422,
      code: "import-corrupt",
      problems,
    });
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(content).toString("utf8"));
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
