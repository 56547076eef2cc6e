import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { invalidInput } from "../errors.ts";
import { describeGraph } from "./describe-graph.ts";
import type { NewModelVersion } from "./publish-model.ts";

const GRAPH = "model.onnx";
const DESCRIPTION = "model.json";

/**
 * A model to publish: an ONNX file, or a folder with `model.onnx`, its external data, and, where more is to be said than
 * the graph tells, `model.json` with fields of the manifest (docs/models.md).
 * @param name default: that of model.json, else of the file or folder
 * @throws ApiError `invalid-model` (400) naming the file; publishing checks the rest
 */
export async function readModelFolder(path: string, name?: string): Promise<NewModelVersion> {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder === undefined) throw refused(path, "does not exist");
  const folder = isFolder ? path : dirname(path);
  const files = isFolder ? filesBelow(folder) : [basename(path)];
  const model = isFolder ? GRAPH : basename(path);
  if (!files.includes(model))
    throw refused(join(folder, GRAPH), "does not exist: the folder needs an ONNX file");
  const told = files.includes(DESCRIPTION) ? readDescription(join(folder, DESCRIPTION)) : {};
  const graph = await describeGraph(join(folder, model));
  const served = files.filter((file) => file !== DESCRIPTION);
  return {
    name: name ?? basename(path).replace(/\.onnx$/, ""),
    description: "",
    model,
    ...graph,
    metrics: {},
    lineage: {},
    ...told,
    ...(name !== undefined && { name }),
    files: Object.fromEntries(served.map((file) => [file, readFileSync(join(folder, file))])),
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

function readDescription(file: string): Partial<NewModelVersion> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw refused(file, `is no JSON: ${(error as Error).message}`);
  }
  throw refused(file, "must be an object with fields of the manifest");
}

function refused(path: string, message: string) {
  return invalidInput("invalid-model", [{ path, message }], "model");
}
