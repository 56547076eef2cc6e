import type { WorkflowContext } from "@restatedev/restate-sdk";
import { createProgress } from "./progress.ts";
import type { Run, TaskRun } from "./run.ts";
import { headerKey, type RunHeader, type RunInput, taskKey } from "./run-state.ts";
import type { Json } from "./workflow.ts";

/** Larger evaluated parameters are left out of the run document. */
const maximumRecordedInputsBytes = 64 * 1024;

/** Milliseconds of the run's clock. */
const maximumDelay = 100;

/**
 * The state of a run in Restate, which `status` and others read; the run itself goes on from its journal. Written before
 * the run waits, once for all that changed: after a change that somebody may want to see while the run waits, or when
 * the last write is a while ago. What a run of instants did is in its document soon.
 */
export class RunRecord {
  readonly #context: WorkflowContext;
  readonly #changed = new Map<string, TaskRun>();
  #header: RunHeader | undefined;
  #isUrgent = false;
  #writtenAt = Number.POSITIVE_INFINITY;

  constructor(context: WorkflowContext) {
    this.#context = context;
  }

  task(record: TaskRun, { isUrgent }: { isUrgent: boolean }): void {
    this.#changed.set(record.name, record);
    this.#isUrgent ||= isUrgent;
  }

  header(header: RunHeader, { isUrgent }: { isUrgent: boolean }): void {
    this.#header = header;
    this.#isUrgent ||= isUrgent;
  }

  /** @param clock the run's, in milliseconds */
  write(clock: number): void {
    if (this.#writtenAt > clock) this.#writtenAt = clock;
    if (!this.#isUrgent && clock - this.#writtenAt < maximumDelay) return;
    for (const [name, record] of this.#changed) this.#context.set(taskKey(name), record);
    this.#changed.clear();
    if (this.#header !== undefined) this.#context.set(headerKey, this.#header);
    this.#header = undefined;
    this.#isUrgent = false;
    this.#writtenAt = clock;
  }
}

/** The document of a run that was accepted and has not begun. */
export function firstDocument(input: RunInput): Run {
  const { id, version, workflow, inputs, createdAt, parent, depth, pace, execution } = input;
  return {
    id,
    workflow: workflow.name,
    version,
    state: "pending",
    createdAt,
    startedAt: null,
    finishedAt: null,
    ...(parent !== undefined && { parent }),
    ...(depth !== undefined && { depth }),
    inputs,
    outputs: null,
    error: null,
    ...(pace > 0 && { pace }),
    ...(execution !== undefined && { execution }),
    tasks: [...createProgress(workflow, input).tasks.values()],
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
