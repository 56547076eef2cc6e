import { type Progress, tasksAtFirst } from "./progress.ts";
import type { Run } from "./run.ts";
import type { RunHeader, RunInput } from "./run-state.ts";
import type { Json } from "./workflow.ts";

/** Larger evaluated parameters are left out of the run document. */
const maximumRecordedInputsBytes = 64 * 1024;

/** Of a run that was accepted and has not begun. */
export function firstDocument(input: RunInput): Run {
  const { workflow, kept } = input;
  return { ...headOf(input, null), ...nothingYet, state: "pending", tasks: tasksAtFirst(workflow, kept) };
}

/**
 * Of a run that is under way, without its tasks.
 * @param startedAt milliseconds since 1970
 * @param controls how many requests it has taken
 */
export function headerOf(
  input: RunInput,
  { startedAt, isPaused, controls }: { startedAt: number; isPaused: boolean; controls: number },
): RunHeader {
  const { order, tasks } = input.workflow;
  return {
    ...headOf(input, startedAt),
    ...nothingYet,
    state: "running",
    ...(isPaused && { paused: true }),
    uses: order.map((name) => [name, tasks[name]?.uses ?? ""]),
    controls,
  };
}

/**
 * Of a run that has ended. Times are milliseconds since 1970.
 * @param ending why it ended before its tasks did; undefined: it did not
 */
export function lastDocument(
  input: RunInput,
  { startedAt, finishedAt }: { startedAt: number; finishedAt: number },
  progress: Progress,
  ending?: { state: "cancelled" | "failed"; reason: string },
): Run {
  const tasks = [...progress.tasks.values()];
  const outcome =
    ending === undefined ? progress.outcome() : { state: ending.state, outputs: null, error: ending.reason };
  const left = tasks.filter((task) => task.compensation?.state === "failed").map(({ name }) => name);
  return {
    ...headOf(input, startedAt),
    ...outcome,
    ...(left.length > 0 && { error: `${outcome.error}; not undone: ${left.join(", ")}` }),
    finishedAt: isoTime(finishedAt),
    tasks,
  };
}

const nothingYet = { finishedAt: null, outputs: null, error: null };

/** What is known from the start. */
function headOf(input: RunInput, startedAt: number | null) {
  const { id, workflow, version, createdAt, parent, depth, inputs, execution, pace } = input;
  return {
    id,
    workflow: workflow.name,
    version,
    createdAt,
    startedAt: startedAt === null ? null : isoTime(startedAt),
    ...(parent !== undefined && { parent }),
    ...(depth !== undefined && { depth }),
    inputs,
    ...(execution !== undefined && { execution }),
    ...(pace > 0 && { pace }),
  };
}

/** Evaluated parameters as they are kept. */
export function recordedInputs(parameters: Json): Json {
  const bytes = Buffer.byteLength(JSON.stringify(parameters));
  return bytes <= maximumRecordedInputsBytes ? parameters : { omitted: `${bytes} bytes` };
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
