import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { invalidInput } from "../errors.ts";
import { describeGraph } from "./describe-graph.ts";
import type { TensorMetadata } from "./inference.ts";
import { defaultTokenizerFile, type TokenizerStep } from "./preprocessing/tokenizer.ts";
import type { NewModelVersion } from "./publish-model.ts";

const GRAPH = "model.onnx";
const DESCRIPTION = "model.json";

/**
 * A model to publish, whose files stay where they are until then: an ONNX file, or a folder with `model.onnx`, its external data, and, where more is to be said than
 * the graph tells, `model.json` with fields of the manifest (docs/models.md). With a `tokenizer.json` and a graph that
 * takes tokens the model takes texts, unless model.json says otherwise.
 * @param name default: that of model.json, else of the file or folder
 * @param describe default describeGraph, in this thread
 * @throws ApiError `invalid-model` (400) naming the file; publishing checks the rest
 */
export async function readModelFolder(
  path: string,
  name?: string,
  describe: typeof describeGraph = describeGraph,
): Promise<NewModelVersion> {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder === undefined) throw refused(path, "does not exist");
  const folder = isFolder ? path : dirname(path);
  const files = isFolder ? filesBelow(folder) : [basename(path)];
  const model = isFolder ? GRAPH : basename(path);
  if (!files.includes(model))
    throw refused(join(folder, GRAPH), "does not exist: the folder needs an ONNX file");
  const told = files.includes(DESCRIPTION) ? readDescription(join(folder, DESCRIPTION)) : {};
  const graph = await describe(join(folder, model));
  const served = files.filter((file) => file !== DESCRIPTION);
  return {
    name: name ?? basename(path).replace(/\.onnx$/, ""),
    description: "",
    model,
    ...graph,
    ...(files.includes(defaultTokenizerFile) ? textsInsteadOfTokens(graph.inputs) : {}),
    metrics: {},
    lineage: {},
    ...told,
    ...(name !== undefined && { name }),
    files: Object.fromEntries(served.map((file) => [file, { path: join(folder, file) }])),
  };
}

/** Nothing where the graph takes anything but tokens. */
function textsInsteadOfTokens(inputs: TensorMetadata[]): Partial<NewModelVersion> {
  const named = (name: string) => inputs.find((input) => input.name === name)?.name;
  const [inputIds, attentionMask, tokenTypeIds] = ["input_ids", "attention_mask", "token_type_ids"].map(
    named,
  );
  const datatype = inputs[0]?.datatype;
  const areTokens =
    inputs.length === [inputIds, attentionMask, tokenTypeIds].filter((name) => name !== undefined).length &&
    inputs.every((input) => input.datatype === datatype && input.shape.length === 2);
  if (!areTokens || inputIds === undefined || (datatype !== "INT64" && datatype !== "INT32")) return {};
  const length = inputs[0]?.shape[1] ?? -1;
  const step: TokenizerStep = {
    type: "tokenizer",
    input: "text",
    outputs: {
      inputIds,
      ...(attentionMask !== undefined && { attentionMask }),
      ...(tokenTypeIds !== undefined && { tokenTypeIds }),
    },
    datatype,
    ...(length === -1 ? {} : { padding: "maximum", maximumLength: length }),
  };
  return { inputs: [{ name: "text", datatype: "BYTES", shape: [-1] }], preprocessing: [step] };
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
