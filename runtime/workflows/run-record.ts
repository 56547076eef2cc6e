import type { RestatePromise, WorkflowContext } from "@restatedev/restate-sdk";
import { createProgress } from "./progress.ts";
import type { Run, TaskRun } from "./run.ts";
import { headerKey, type RunHeader, type RunInput, taskKey } from "./run-state.ts";
import type { Json } from "./workflow.ts";

/** Larger evaluated parameters are left out of the run document. */
const maximumRecordedInputsBytes = 64 * 1024;

/** Milliseconds after which what nobody waits for is written. */
const maximumDelay = 500;

/**
 * The state of a run in Restate, which `status` and others read; the run itself goes on from its journal. Written before
 * the run waits, once for all that changed: after a change that somebody may want to see at once, or when the first of the
 * others is a while ago. A run that ends before then has written nothing.
 */
export class RunRecord {
  readonly #context: WorkflowContext;
  readonly #changed = new Map<string, TaskRun>();
  #header: RunHeader | undefined;
  #isDue = false;
  #isWritten = false;
  #delay: RestatePromise<() => void> | undefined;

  constructor(context: WorkflowContext) {
    this.#context = context;
  }

  /** Whether there is any state. */
  get isWritten(): boolean {
    return this.#isWritten;
  }

  task(record: TaskRun, { isUrgent }: { isUrgent: boolean }): void {
    this.#changed.set(record.name, record);
    this.#isDue ||= isUrgent;
  }

  header(header: RunHeader, { isUrgent }: { isUrgent: boolean }): void {
    this.#header = header;
    this.#isDue ||= isUrgent;
  }

  /** To be called before the run waits, for what it gives too. */
  write(): RestatePromise<() => void>[] {
    const isChanged = this.#changed.size > 0 || this.#header !== undefined;
    if (isChanged && this.#isDue) this.#writeAll();
    else if (isChanged) this.#delay ??= this.#startDelay();
    this.#isDue = false;
    return this.#delay === undefined ? [] : [this.#delay];
  }

  #writeAll(): void {
    for (const [name, record] of this.#changed) this.#context.set(taskKey(name), record);
    this.#changed.clear();
    if (this.#header !== undefined) this.#context.set(headerKey, this.#header);
    this.#header = undefined;
    this.#isWritten = true;
  }

  #startDelay(): RestatePromise<() => void> {
    return this.#context.sleep(maximumDelay, "record").map(() => () => {
      this.#delay = undefined;
      this.#isDue = true;
    });
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
