import type { ApiError } from "../../errors.ts";
import type { CancelSignal } from "../cancel-signal.ts";
import type { Tensor } from "../datatypes.ts";
import { createReusedMemory } from "../reused-memory.ts";
import { type BatchSizes, createBatchSizes } from "./batch-sizes.ts";
import { batchKey, concatenate, rowsOf, split } from "./batch-tensors.ts";
import { chooseBatch, firstRows } from "./choose-batch.ts";
import { aborted, overloaded, queueTimeout, requestTimeout } from "./errors.ts";
import { createRequestQueue, type Waiting } from "./request-queue.ts";
import type { Scheduling } from "./settings.ts";

/** Runs the graph, one run after the other. */
export interface Runner {
  /** Buffers of `inputs` may be moved away; with `returnsMemory` (default false) the result has them again. */
  run(inputs: Tensor[], outputs: string[], options?: { returnsMemory: boolean }): Promise<RunnerResult>;
  /** Several runs for one message to the worker and back; leaves the inputs as they are. */
  runEach(
    requests: { inputs: Tensor[]; outputs: string[] }[],
  ): Promise<(RunnerResult | { error: unknown })[]>;
}

export interface RunnerResult {
  outputs: Tensor[];
  computeSeconds: number;
  /** Of the processor, where the run has one to itself. Default: not known. */
  processorSeconds?: number;
  /** Of the inputs. Default: it was moved away. */
  memory?: ArrayBuffer[];
  /** Milliseconds since 1970. Default: not known. */
  startedAt?: number;
}

export interface RunRequest {
  inputs: Tensor[];
  /** Names of the outputs wanted. */
  outputs: string[];
  /** 1 is the highest level. Default, and for levels that the queue does not have: its default level. */
  priority?: number | undefined;
  /** For waiting and running together; beyond it the request is answered with 504. Default: no limit. */
  timeoutSeconds?: number | undefined;
  /** Aborted when the caller went away: answered at once with 499. */
  signal?: CancelSignal | undefined;
}

export interface RunResult {
  outputs: Tensor[];
  /** From the call until a worker took it. */
  queueSeconds: number;
  /** Preprocessing and the session's run, of the whole batch. */
  computeSeconds: number;
  /** Where the graph was run for the request; undefined: in steps of their own, or not at all. */
  run?: RunTimes;
}

/** When a request was with a worker; in milliseconds of performance.now(). */
export interface RunTimes {
  takenAt: number;
  answeredAt: number;
  /** When the worker began; undefined: not known. */
  computedAt: number | undefined;
  /** That were put together, this one included. */
  requests: number;
}

/** One run of the graph. */
export interface ExecutedRun {
  rows: number;
  /** That were put together. */
  requests: number;
  /** Preprocessing and the session's run. */
  computeSeconds: number;
}

export interface SchedulerObserver {
  /** After each run of the graph that succeeded. */
  executed(run: ExecutedRun): void;
  /** The graph's outputs do not have the rows of its inputs, so that requests are run one by one from now on. */
  batchingRefused(): void;
}

export interface Scheduler {
  /** Buffers of `inputs` may be moved away. */
  run(request: RunRequest): Promise<RunResult>;
  /** Requests that wait. */
  readonly queueLength: number;
  /** Undefined: without batching, or where the settings prefer sizes. */
  readonly batchSizes: Pick<BatchSizes, "best" | "measured"> | undefined;
  /** Resolves when nothing waits or runs. */
  idle(): Promise<void>;
}

/** About 25 days; Node's timers fire at once beyond it. */
const maximumTimerMilliseconds = 2 ** 31 - 1;

/** Without batching, what a worker may be given at once: a priority or a cancellation comes too late by that much. */
const bundleSeconds = 0.001;
const maximumBundle = 16;
/** Larger inputs are moved to the worker, one request at a time, instead of copied. */
const maximumBundledBytes = 16_384;

interface Pending extends Waiting {
  inputs: Tensor[];
  outputs: string[];
  rows: number;
  key: string;
  /** Milliseconds of performance.now. */
  enqueuedAt: number;
  isSettled: boolean;
  resolve(result: RunResult): void;
  reject(error: unknown): void;
}

/** The queue of one model version on its runners. */
export function createScheduler({
  scheduling: { batching: declaredBatching, queue: settings },
  runners,
  observer,
}: {
  scheduling: Scheduling;
  runners: Runner[];
  observer?: SchedulerObserver | undefined;
}): Scheduler {
  const queue = createRequestQueue<Pending>(settings.priorityLevels);
  const idle = [...runners];
  const memory = createReusedMemory();
  let batching = declaredBatching;
  let batchSizes =
    declaredBatching === undefined || declaredBatching.preferredSizes.length > 0
      ? undefined
      : createBatchSizes(declaredBatching.maximumSize);
  let meanSecondsPerRequest = 0;
  let meanComputeSeconds = Number.POSITIVE_INFINITY;
  let isDispatchDue = false;
  let delayTimer: NodeJS.Timeout | undefined;
  const onIdle: (() => void)[] = [];

  function dispatch(): void {
    isDispatchDue = false;
    clearTimeout(delayTimer);
    while (idle.length > 0 && queue.length > 0) {
      if (batching === undefined && bundleSize() > 1) {
        const share = Math.min(bundleSize(), Math.ceil(queue.length / idle.length));
        takeBundle(share);
        continue;
      }
      const { batch, rows, waitMilliseconds } = chooseBatch(queue, batching, performance.now());
      if (waitMilliseconds > 0 && rows < (batchSizes?.best ?? Number.POSITIVE_INFINITY)) {
        delayTimer = setTimeout(dispatch, waitMilliseconds);
        return;
      }
      const chosen = batchSizes === undefined ? batch : firstRows(batch, batchSizes.choose(rows));
      for (const request of chosen) queue.remove(request);
      void execute(idle.pop() as Runner, chosen);
    }
    if (queue.length === 0 && idle.length === runners.length) for (const tell of onIdle.splice(0)) tell();
  }

  /** Lets all requests come in that have arrived already: they make one batch then. */
  function dispatchSoon(): void {
    if (batching === undefined && bundleSize() === 1) dispatch();
    else if (!isDispatchDue) {
      isDispatchDue = true;
      setImmediate(dispatch);
    }
  }

  async function execute(runner: Runner, batch: Pending[]): Promise<void> {
    const started = performance.now();
    const [first] = batch as [Pending];
    const inputs = batch.map((request) => request.inputs);
    let failure: unknown;
    let parts: Tensor[][] | undefined;
    let computeSeconds = 0;
    let run: RunTimes | undefined;
    try {
      const isBatch = batch.length > 1;
      const whole = isBatch ? concatenate(inputs, declaredBatching?.padding, memory.take) : first.inputs;
      const rows = rowsOf(whole);
      const result = await runner.run(whole, first.outputs, { returnsMemory: isBatch });
      memory.giveBack(result.memory ?? []);
      computeSeconds = result.computeSeconds;
      run = runTimes(started, result, batch.length);
      batchSizes?.note(rows, result.processorSeconds ?? computeSeconds);
      parts =
        batch.length === 1 ? [result.outputs] : split(result.outputs, inputs, declaredBatching?.padding);
      if (parts !== undefined) noteExecuted({ rows }, computeSeconds, batch.length);
      else refuseBatching();
    } catch (error) {
      failure = error;
    }
    // One of them may be at fault; the others must not fail with it.
    if (parts === undefined && batch.length > 1) return executeApart(runner, batch);
    noteDuration(started, batch.length);
    // The worker gets its next batch before the answers to this one are written.
    idle.push(runner);
    dispatch();
    batch.forEach((request, index) => {
      const outputs = parts?.[index];
      if (outputs === undefined) request.reject(failure);
      else
        request.resolve({
          outputs,
          computeSeconds,
          queueSeconds: (started - request.enqueuedAt) / 1000,
          ...(run !== undefined && { run }),
        });
    });
  }

  /** Requests that a worker gets with one message: as many as it runs in less time than the message takes to be noticed. */
  function bundleSize(): number {
    return Math.max(1, Math.min(maximumBundle, Math.floor(bundleSeconds / meanComputeSeconds)));
  }

  function takeBundle(size: number): void {
    const bundle: Pending[] = [];
    for (const request of queue) {
      if (bundle.length === size) break;
      const isSmall = bytesOf(request.inputs) <= maximumBundledBytes;
      if (!isSmall && bundle.length > 0) break;
      bundle.push(request);
      if (!isSmall) break;
    }
    for (const request of bundle) queue.remove(request);
    const runner = idle.pop() as Runner;
    void (bundle.length === 1 ? execute(runner, bundle) : executeBundle(runner, bundle));
  }

  async function executeBundle(runner: Runner, bundle: Pending[]): Promise<void> {
    const started = performance.now();
    let results: Awaited<ReturnType<Runner["runEach"]>>;
    try {
      results = await runner.runEach(bundle);
    } catch {
      // The worker died of one of them.
      return executeApart(runner, bundle);
    }
    noteDuration(started, bundle.length);
    for (const [index, result] of results.entries())
      if (!("error" in result)) noteExecuted(bundle[index] as Pending, result.computeSeconds);
    idle.push(runner);
    dispatch();
    bundle.forEach((request, index) => {
      const result = results[index] as (typeof results)[number];
      if ("error" in result) request.reject(result.error);
      else
        request.resolve({
          outputs: result.outputs,
          computeSeconds: result.computeSeconds,
          queueSeconds: (started - request.enqueuedAt) / 1000,
          run: runTimes(started, result, 1),
        });
    });
  }

  function noteDuration(started: number, requests: number): void {
    const elapsed = (performance.now() - started) / 1000 / requests;
    meanSecondsPerRequest += (elapsed - meanSecondsPerRequest) / 16;
  }

  function noteExecuted({ rows }: Pick<Pending, "rows">, computeSeconds: number, requests = 1): void {
    meanComputeSeconds = Number.isFinite(meanComputeSeconds)
      ? meanComputeSeconds + (computeSeconds - meanComputeSeconds) / 16
      : computeSeconds;
    observer?.executed({ rows, requests, computeSeconds });
  }

  function refuseBatching(): void {
    if (batching !== undefined) observer?.batchingRefused();
    batching = undefined;
    batchSizes = undefined;
  }

  async function executeApart(runner: Runner, batch: Pending[]): Promise<void> {
    for (const request of batch) {
      if (request.isSettled) continue;
      const started = performance.now();
      try {
        const result = await runner.run(request.inputs, request.outputs);
        const { outputs, computeSeconds } = result;
        noteExecuted(request, computeSeconds);
        const queueSeconds = (started - request.enqueuedAt) / 1000;
        request.resolve({ outputs, computeSeconds, queueSeconds, run: runTimes(started, result, 1) });
      } catch (error) {
        request.reject(error);
      }
    }
    idle.push(runner);
    dispatch();
  }

  function retryAfterSeconds(): number {
    return Math.min(60, Math.max(1, Math.ceil((queue.length * meanSecondsPerRequest) / runners.length)));
  }

  function levelOf(priority: number | undefined): number {
    const isKnown = priority !== undefined && priority >= 1 && priority <= settings.priorityLevels;
    return isKnown ? Math.floor(priority) : settings.defaultPriority;
  }

  return {
    get queueLength() {
      return queue.length;
    },
    get batchSizes() {
      return batchSizes;
    },
    run: ({ inputs, outputs, priority, timeoutSeconds, signal }) =>
      new Promise<RunResult>((resolve, reject) => {
        if (signal?.aborted) throw aborted();
        if (queue.length >= settings.maximumLength)
          throw overloaded(settings.maximumLength, retryAfterSeconds());
        const timers: NodeJS.Timeout[] = [];
        const settle = (answer: () => void) => {
          if (request.isSettled) return;
          request.isSettled = true;
          signal?.removeEventListener("abort", leave);
          for (const timer of timers) clearTimeout(timer);
          answer();
        };
        const request: Pending = {
          inputs,
          outputs,
          rows: rowsOf(inputs),
          key: batching === undefined ? "" : batchKey(inputs, outputs, batching.padding),
          level: levelOf(priority),
          isDelayed: false,
          enqueuedAt: performance.now(),
          isSettled: false,
          resolve: (result) => settle(() => resolve(result)),
          reject: (error) => settle(() => reject(error)),
        };
        /** Out of the queue, or, inside a run that is never interrupted, without its result. */
        const giveUp = (error: ApiError) => {
          queue.remove(request);
          request.reject(error);
        };
        const leave = () => giveUp(aborted());
        signal?.addEventListener("abort", leave);
        if (timeoutSeconds !== undefined)
          timers.push(
            setTimeout(
              () => giveUp(requestTimeout(timeoutSeconds)),
              Math.min(timeoutSeconds * 1000, maximumTimerMilliseconds),
            ),
          );
        if (settings.timeoutSeconds !== undefined)
          timers.push(setTimeout(waitedTooLong, settings.timeoutSeconds * 1000, request));
        queue.add(request);
        dispatchSoon();
      }),
    async idle() {
      await new Promise<void>((resolve) => {
        onIdle.push(resolve);
        dispatch();
      });
    },
  };

  function waitedTooLong(request: Pending): void {
    if (settings.onTimeout === "delay") queue.delay(request);
    else if (queue.remove(request))
      request.reject(queueTimeout(settings.timeoutSeconds as number, retryAfterSeconds()));
  }
}

function runTimes(takenAt: number, { startedAt }: RunnerResult, requests: number): RunTimes {
  const computedAt = startedAt === undefined ? undefined : startedAt - performance.timeOrigin;
  return { takenAt, answeredAt: performance.now(), computedAt, requests };
}

function bytesOf(inputs: Tensor[]): number {
  return inputs.reduce(
    (sum, { data }) =>
      sum + (Array.isArray(data) ? data.reduce((bytes, text) => bytes + text.length, 0) : data.byteLength),
    0,
  );
}
