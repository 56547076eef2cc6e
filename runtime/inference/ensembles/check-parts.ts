import { ApiError, type Problem } from "../../errors.ts";
import type { ObjectStore } from "../../object-store/object-store.ts";
import type { TensorMetadata } from "../inference.ts";
import type { ModelManifest } from "../manifest.ts";
import { modelNotFound, readManifest, readPointer } from "../read-models.ts";
import { type EnsembleDescription, type EnsembleStep, makersOf } from "./steps.ts";

/** A model as an ensemble sees it. */
export type Part = Pick<ModelManifest, "name" | "version" | "inputs" | "outputs" | "steps">;

/**
 * What of an ensemble does not fit the models that the repository has now: models that are missing, that use the
 * ensemble themselves, names, datatypes and shapes. Paths are such as `steps.0.inputs.x`.
 */
export async function checkParts(
  store: ObjectStore,
  ensemble: EnsembleDescription & { name: string },
): Promise<Problem[]> {
  const parts = await Promise.all(
    ensemble.steps.map(async (step, index): Promise<{ part: Part } | { problem: Problem }> => {
      try {
        const part = await readPart(store, step);
        const chain = await chainTo(store, ensemble.name, part);
        if (chain === undefined) return { part };
        const message = `uses the ensemble itself: ${[ensemble.name, ...chain].join(" → ")}`;
        return { problem: { path: `steps.${index}.model`, message } };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const isVersion = error.code === "model-version-not-found";
        const place = !isVersion ? "model" : step.version === undefined ? "alias" : "version";
        return { problem: { path: `steps.${index}.${place}`, message: error.message } };
      }
    }),
  );
  return [
    ...parts.flatMap((read) => ("problem" in read ? [read.problem] : [])),
    ...fitProblems(
      ensemble,
      parts.map((read) => ("part" in read ? read.part : undefined)),
    ),
  ];
}

/** Names of all models that an ensemble uses, also through others; none of a model with a graph of its own. */
export async function partNames(
  store: ObjectStore,
  manifest: Pick<Part, "name" | "steps">,
): Promise<Set<string>> {
  const names = new Set<string>();
  await collect(manifest);
  names.delete(manifest.name);
  return names;

  async function collect({ steps = [] }: Pick<Part, "steps">): Promise<void> {
    for (const step of steps) {
      if (names.has(step.model)) continue;
      names.add(step.model);
      // One that is missing uses none.
      const part = await readPart(store, step).catch(() => undefined);
      if (part !== undefined) await collect(part);
    }
  }
}

async function readPart(store: ObjectStore, { model, version, alias }: EnsembleStep): Promise<Part> {
  if (version !== undefined) return readManifest(store, model, version);
  const pointer = await readPointer(store, model);
  if (pointer === undefined) throw modelNotFound(model);
  if (alias === undefined) return readManifest(store, model, pointer.version);
  if (Object.hasOwn(pointer.aliases, alias))
    return readManifest(store, model, pointer.aliases[alias] as number);
  throw new ApiError(`model ${model} has no alias ${alias}`, {
    status: 404,
    code: "model-version-not-found",
  });
}

/** From a part to the model of this name, whatever its version; undefined where it does not use it. */
async function chainTo(
  store: ObjectStore,
  name: string,
  part: Part,
  seen = new Set<string>(),
): Promise<string[] | undefined> {
  if (part.name === name) return [name];
  const key = `${part.name}/${part.version}`;
  if (seen.has(key)) return undefined;
  seen.add(key);
  for (const step of part.steps ?? []) {
    if (step.model === name) return [part.name, name];
    // Told when that ensemble is loaded itself.
    const next = await readPart(store, step).catch(() => undefined);
    const chain = next && (await chainTo(store, name, next, seen));
    if (chain !== undefined) return [part.name, ...chain];
  }
  return undefined;
}

/** @param parts by step; undefined: not known, told elsewhere */
export function fitProblems(
  { inputs, outputs, steps }: EnsembleDescription,
  parts: (Part | undefined)[],
): Problem[] {
  const problems: Problem[] = [];
  const tensors = new Map(inputs.map((input) => [input.name, input]));
  steps.forEach((step, index) => {
    for (const [theirs, ours] of Object.entries(step.outputs)) {
      const made = parts[index]?.outputs.find(({ name }) => name === theirs);
      if (made !== undefined) tensors.set(ours, made);
      else if (parts[index] !== undefined)
        problems.push(unknown(`steps.${index}.outputs.${theirs}`, theirs, "output", parts[index]));
    }
  });
  const compare = (path: string, made: TensorMetadata | undefined, wanted: TensorMetadata) => {
    if (made !== undefined && !fits(made, wanted))
      problems.push({ path, message: `is ${describe(made)}, must be ${describe(wanted)}` });
  };
  steps.forEach((step, index) => {
    const part = parts[index];
    if (part === undefined) return;
    for (const [theirs, ours] of Object.entries(step.inputs)) {
      const path = `steps.${index}.inputs.${theirs}`;
      const wanted = part.inputs.find(({ name }) => name === theirs);
      if (wanted === undefined) problems.push(unknown(path, theirs, "input", part));
      else compare(path, tensors.get(ours), wanted);
    }
    for (const { name } of part.inputs)
      if (!Object.hasOwn(step.inputs, name))
        problems.push({ path: `steps.${index}.inputs`, message: `lacks ${name}, an input of ${part.name}` });
  });
  const makers = makersOf(steps);
  outputs.forEach((output, index) => {
    if (makers.has(output.name)) compare(`outputs.${index}`, tensors.get(output.name), output);
  });
  return problems;
}

/** A dimension that is open on one side is checked with each request. */
function fits(made: TensorMetadata, wanted: TensorMetadata): boolean {
  return (
    made.datatype === wanted.datatype &&
    made.shape.length === wanted.shape.length &&
    made.shape.every((size, axis) => size === -1 || wanted.shape[axis] === -1 || size === wanted.shape[axis])
  );
}

function describe({ datatype, shape }: TensorMetadata): string {
  return `${datatype} [${shape.join(", ")}]`;
}

function unknown(path: string, name: string, kind: "input" | "output", part: Part | undefined): Problem {
  const names = (kind === "input" ? part?.inputs : part?.outputs)?.map((tensor) => tensor.name) ?? [];
  return { path, message: `${name} is no ${kind} of ${part?.name}, which has ${names.join(", ")}` };
}
