import { ApiError, invalidInput } from "../errors.ts";
import { checkInputs } from "./json-schema.ts";
import { newRunId, type ParentTask } from "./run.ts";
import { isoTime } from "./run-document.ts";
import type { RunInput, RunServices } from "./run-state.ts";

export interface RunRequest {
  workflow: string;
  /** Default: the current version. */
  version?: number | undefined;
  inputs?: Record<string, unknown> | undefined;
  /** Default: a new one. */
  id?: string | undefined;
  /** Seconds that each step is held. Default 0. */
  pace?: number | undefined;
  /** The task that starts it as its sub-workflow. Default: none. */
  parent?: ParentTask | undefined;
  /** How many runs, one starting the next, led to it. Default 0. */
  depth?: number | undefined;
  /** What is done with inputs that the workflow does not declare. */
  unknownNames: "refuse" | "drop";
}

export const runIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const maximumPace = 60;
/** Runs that one after the other start each other, as sub-workflow or by a trigger: what goes further goes on for ever. */
const maximumDepth = 16;

/**
 * All that a run depends on, checked; starts nothing.
 * @throws ApiError `workflow-not-found` (404), `invalid-inputs` (400), `too-deep`, `not-enough-capacity` (422)
 */
export async function prepareRun(
  { workflows, checkNeeds, clock }: Pick<RunServices, "workflows" | "checkNeeds" | "clock">,
  request: RunRequest,
): Promise<RunInput> {
  const { depth = 0, pace = 0 } = request;
  const definition = await workflows.get(request.workflow, request.version);
  const { inputs, problems } = checkInputs(
    definition.workflow.inputs,
    request.inputs ?? {},
    request.unknownNames,
  );
  if (request.id !== undefined && !runIdPattern.test(request.id))
    problems.push({
      path: "id",
      message: "must be 1 to 64 of letters, digits, - and _, beginning with a letter or digit",
    });
  if (!(pace >= 0 && pace <= maximumPace))
    problems.push({ path: "pace", message: `must be 0 to ${maximumPace} seconds` });
  if (problems.length > 0)
    throw invalidInput("invalid-inputs", problems, `inputs of workflow ${request.workflow}`);
  if (depth > maximumDepth)
    throw new ApiError(
      `workflow ${request.workflow} would be started by the ${depth}th of a row of runs that start each other, as sub-workflow or by a trigger; at most ${maximumDepth} are allowed: does it start itself without end?`,
      { status: 422, code: "too-deep" },
    );
  await checkNeeds(definition.workflow);
  const createdAt = clock.now();
  return {
    id: request.id ?? newRunId(createdAt),
    version: definition.version,
    workflow: definition.workflow,
    inputs,
    pace,
    createdAt: isoTime(createdAt),
    ...(request.parent !== undefined && { parent: request.parent }),
    ...(depth > 0 && { depth }),
  };
}
