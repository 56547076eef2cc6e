import type { ApiError, Problem } from "../../errors.ts";
import type { Tensor } from "../datatypes.ts";
import { checkBatch } from "../protocol/decode-inputs.ts";
import { invalidRequest, type ModelInterface } from "../protocol/decode-request.ts";
import { requestTimeout } from "../scheduling/errors.ts";
import type { RunRequest, RunResult } from "../scheduling/scheduler.ts";
import { atStep } from "./step-errors.ts";
import { type EnsembleStep, makersOf } from "./steps.ts";

export interface EnsembleRun {
  steps: EnsembleStep[];
  request: RunRequest;
  /** Runs the step's model on inputs under its own names. */
  runStep(step: EnsembleStep, request: RunRequest): Promise<RunResult>;
}

/** What a step has made, under the ensemble's names. */
interface StepResult {
  tensors: Map<string, Tensor>;
  /** Spent in queues up to here, along the steps that were waited for. */
  queueSeconds: number;
}

/**
 * Runs the steps that the outputs need, each as soon as its inputs are there. The first that fails ends the others,
 * and the error names it.
 */
export async function runEnsemble({ steps, request, runStep }: EnsembleRun): Promise<RunResult> {
  const started = performance.now();
  const makers = makersOf(steps);
  const given = new Map(request.inputs.map((input) => [input.name, input]));
  const running = new Map<number, Promise<StepResult>>();
  const ended = new AbortController();
  const { signal } = ended;
  const end = () => ended.abort();
  if (request.signal?.aborted) end();
  let failure: ApiError | undefined;

  function resultOf(index: number): Promise<StepResult> {
    const known = running.get(index) ?? run(index, steps[index] as EnsembleStep);
    running.set(index, known);
    return known;
  }

  async function run(index: number, step: EnsembleStep): Promise<StepResult> {
    const needed = Object.values(step.inputs).flatMap((tensor) => makers.get(tensor) ?? []);
    const before = await Promise.all([...new Set(needed)].map(resultOf));
    const inputs = Object.entries(step.inputs).map(([theirs, ours]) =>
      copy(theirs, given.get(ours) ?? (find(before, ours) as Tensor)),
    );
    try {
      const timeoutSeconds = remaining(request.timeoutSeconds);
      const outputs = Object.keys(step.outputs);
      const { priority } = request;
      const result = await runStep(step, { inputs, outputs, priority, timeoutSeconds, signal });
      const queuedBefore = Math.max(0, ...before.map(({ queueSeconds }) => queueSeconds));
      return {
        tensors: new Map(
          result.outputs.map((tensor) => {
            const name = step.outputs[tensor.name] as string;
            return [name, { ...tensor, name }];
          }),
        ),
        queueSeconds: queuedBefore + result.queueSeconds,
      };
    } catch (error) {
      // A step sees the rest of the time only; those that end after a failure end because of it.
      const isLate = (error as Partial<ApiError>).code === "request-timeout";
      failure ??= atStep(index, step, isLate ? requestTimeout(request.timeoutSeconds as number) : error);
      end();
      throw failure;
    }
  }

  function remaining(timeoutSeconds: number | undefined): number | undefined {
    if (timeoutSeconds === undefined) return undefined;
    const left = timeoutSeconds - (performance.now() - started) / 1000;
    if (left <= 0) throw requestTimeout(timeoutSeconds);
    return left;
  }

  const last = [...new Set(request.outputs.map((name) => makers.get(name) as number))];
  request.signal?.addEventListener("abort", end);
  const results = await Promise.all(last.map(resultOf)).finally(() =>
    request.signal?.removeEventListener("abort", end),
  );
  const queueSeconds = Math.max(0, ...results.map((result) => result.queueSeconds));
  const seconds = (performance.now() - started) / 1000;
  return {
    outputs: request.outputs.map((name) => find(results, name) as Tensor),
    queueSeconds,
    computeSeconds: Math.max(0, seconds - queueSeconds),
  };
}

function find(results: StepResult[], name: string): Tensor | undefined {
  return results.find(({ tensors }) => tensors.has(name))?.tensors.get(name);
}

/** A worker takes the buffers of its inputs over, which other steps, the answer or a cache may need as well. */
function copy(name: string, tensor: Tensor): Tensor {
  return { ...tensor, name, data: tensor.data.slice() };
}

/**
 * The tensors of a step against the version that runs it: dimensions that both leave open, and a version that became
 * current after the ensemble was loaded.
 * @throws ApiError `invalid-request` (400)
 */
export function checkStepInputs(inputs: Tensor[], model: ModelInterface, outputs: string[]): void {
  const problems: Problem[] = [];
  for (const wanted of model.inputs) {
    const input = inputs.find(({ name }) => name === wanted.name);
    const path = `inputs.${wanted.name}`;
    if (input === undefined) problems.push({ path, message: "is missing" });
    else if (input.datatype !== wanted.datatype)
      problems.push({ path, message: `must be ${wanted.datatype}, not ${input.datatype}` });
    else if (
      input.shape.length !== wanted.shape.length ||
      wanted.shape.some((size, axis) => size !== -1 && size !== input.shape[axis])
    )
      problems.push({
        path,
        message: `must be [${wanted.shape.join(", ")}] (-1: any size), not [${input.shape.join(", ")}]`,
      });
  }
  for (const { name } of inputs)
    if (!model.inputs.some((wanted) => wanted.name === name))
      problems.push({ path: `inputs.${name}`, message: "is no input of the model" });
  checkBatch(inputs, model, problems);
  for (const name of outputs)
    if (!model.outputs.some((output) => output.name === name))
      problems.push({ path: `outputs.${name}`, message: "is no output of the model" });
  if (problems.length > 0) throw invalidRequest(problems);
}
