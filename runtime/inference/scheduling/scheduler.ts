import type { ApiError } from "../../errors.ts";
import type { CancelSignal } from "../cancel-signal.ts";
import type { Tensor } from "../datatypes.ts";
import { createReusedMemory } from "../reused-memory.ts";
import { type BatchSizes, createBatchSizes } from "./batch-sizes.ts";
import { batchKey, concatenate, rowsOf, split } from "./batch-tensors.ts";
import { chooseBatch, firstRows } from "./choose-batch.ts";
import { aborted, overloaded, queueTimeout, requestTimeout } from "./errors.ts";
import { createRequestQueue, type Waiting } from "./request-queue.ts";
import type { GraphRun, Runner, RunnerResult } from "./runner.ts";
import type { Scheduling } from "./settings.ts";

export interface RunRequest extends GraphRun {
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

/**
 * With batching, a worker may be given several batches at once, of so much of what waits: the main thread wakes up less often
 * then to write answers and to read the requests that follow, each time with caches full of the model.
 */
const backlogShare = 1 / 8;
/** An eighth of what waits may be worth minutes. */
const backlogSeconds = 0.25;

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

/** Undefined: it is to be run by itself, since another one may have been at fault. */
type Outcome = RunResult | { error: unknown } | undefined;

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
      const batches = batching === undefined ? takeSingly() : takeBatches(batching);
      if (batches.length === 0) return;
      void execute(idle.pop() as Runner, batches);
    }
    if (queue.length === 0 && idle.length === runners.length) for (const tell of onIdle.splice(0)) tell();
  }

  /** What a worker gets at once; none where the first batch waits for more, at whose time `dispatch` is called again. */
  function takeBatches(limits: NonNullable<Scheduling["batching"]>): Pending[][] {
    const share = queue.length * backlogShare;
    const batches: Pending[][] = [];
    let requests = 0;
    do {
      const { batch, rows, waitMilliseconds } = chooseBatch(queue, limits, performance.now());
      if (waitMilliseconds > 0 && rows < (batchSizes?.best ?? Number.POSITIVE_INFINITY)) {
        if (batches.length === 0) delayTimer = setTimeout(dispatch, waitMilliseconds);
        return batches;
      }
      const chosen = batchSizes === undefined ? batch : firstRows(batch, batchSizes.choose(rows));
      for (const request of chosen) queue.remove(request);
      batches.push(chosen);
      requests += chosen.length;
    } while (requests < share && batches.length < mostBatches());
    return batches;
  }

  /** One that comes at a higher level must not wait for more than a batch. */
  function mostBatches(): number {
    return settings.priorityLevels > 1 ? 1 : Math.floor(backlogSeconds / meanComputeSeconds);
  }

  /** One request, or as many small ones as a worker runs in less time than a message to it takes to be noticed. */
  function takeSingly(): Pending[][] {
    const size = Math.min(bundleSize(), Math.ceil(queue.length / idle.length));
    const bundle: Pending[] = [];
    for (const request of queue) {
      if (bundle.length === size) break;
      const isSmall = size > 1 && bytesOf(request.inputs) <= maximumBundledBytes;
      if (!isSmall && bundle.length > 0) break;
      bundle.push(request);
      if (!isSmall) break;
    }
    for (const request of bundle) queue.remove(request);
    return bundle.map((request) => [request]);
  }

  function bundleSize(): number {
    return Math.max(1, Math.min(maximumBundle, Math.floor(bundleSeconds / meanComputeSeconds)));
  }

  /** Lets all requests come in that have arrived already: they make one batch then. */
  function dispatchSoon(): void {
    if (batching === undefined && bundleSize() === 1) dispatch();
    else if (!isDispatchDue) {
      isDispatchDue = true;
      setImmediate(dispatch);
    }
  }

  async function execute(runner: Runner, batches: Pending[][]): Promise<void> {
    const outcomes = await attempt(runner, batches);
    const apart = [...outcomes].flatMap(([request, outcome]) => (outcome === undefined ? [request] : []));
    // The worker gets its next batches before the answers to these are written.
    if (apart.length === 0) release(runner);
    answer(outcomes);
    for (const request of apart) if (!request.isSettled) answer(await attempt(runner, [[request]]));
    if (apart.length > 0) release(runner);
  }

  function release(runner: Runner): void {
    idle.push(runner);
    dispatch();
  }

  function answer(outcomes: Map<Pending, Outcome>): void {
    for (const [request, outcome] of outcomes) {
      if (outcome === undefined) continue;
      if ("error" in outcome) request.reject(outcome.error);
      else request.resolve(outcome);
    }
  }

  /** Runs batches by one message. A request that is alone has an outcome. */
  async function attempt(runner: Runner, batches: Pending[][]): Promise<Map<Pending, Outcome>> {
    const started = performance.now();
    const requests = batches.flat();
    let outcomes: Outcome[];
    try {
      const results = await runBatches(runner, batches);
      outcomes = batches.flatMap((batch, index) => {
        const result = results[index] as (typeof results)[number];
        const isAlone = batch.length === 1;
        if ("error" in result) return batch.map(() => (isAlone ? result : undefined));
        const computedAt = computedAtOf(result);
        // What comes after the first of a message waits for those before it.
        const takenAt = index === 0 ? started : (computedAt ?? started);
        return outcomesOf(batch, result, { takenAt, computedAt });
      });
    } catch (error) {
      outcomes = requests.map(() => (requests.length === 1 ? { error } : undefined));
    }
    noteDuration(started, requests.length);
    return new Map(requests.map((request, index) => [request, outcomes[index]]));
  }

  async function runBatches(runner: Runner, batches: Pending[][]): ReturnType<Runner["run"]> {
    const firsts = batches.map(([first]) => first as Pending);
    if (batches.length === 1 && batches[0]?.length === 1) return runner.run(firsts, "moved");
    // Copies of one kind or the other: the requests can be run by themselves where the worker dies of one.
    if (batching === undefined) return runner.run(firsts, "copied");
    const wholes = batches.map((batch, index) => {
      const inputs = batch.map((request) => request.inputs);
      const { outputs } = firsts[index] as Pending;
      return { inputs: concatenate(inputs, declaredBatching?.padding, memory.take), outputs };
    });
    const results = await runner.run(wholes, "returned");
    for (const result of results) if (!("error" in result)) memory.giveBack(result.memory ?? []);
    return results;
  }

  function outcomesOf(
    batch: Pending[],
    result: RunnerResult,
    times: Pick<RunTimes, "takenAt" | "computedAt">,
  ): Outcome[] {
    const { computeSeconds, processorSeconds } = result;
    const rows = batch.reduce((sum, request) => sum + request.rows, 0);
    batchSizes?.note(rows, processorSeconds ?? computeSeconds);
    const inputs = batch.map((request) => request.inputs);
    const parts =
      batch.length === 1 ? [result.outputs] : split(result.outputs, inputs, declaredBatching?.padding);
    if (parts === undefined) refuseBatching();
    else noteExecuted(rows, computeSeconds, batch.length);
    const run = { ...times, answeredAt: performance.now(), requests: batch.length };
    return batch.map((request, index) => {
      const outputs = parts?.[index];
      const queueSeconds = (times.takenAt - request.enqueuedAt) / 1000;
      return outputs && { outputs, computeSeconds, queueSeconds, run };
    });
  }

  function noteDuration(started: number, requests: number): void {
    const elapsed = (performance.now() - started) / 1000 / requests;
    meanSecondsPerRequest += (elapsed - meanSecondsPerRequest) / 16;
  }

  function noteExecuted(rows: number, computeSeconds: number, requests: number): void {
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

/** Milliseconds of performance.now(). */
function computedAtOf({ startedAt }: RunnerResult): number | undefined {
  return startedAt === undefined ? undefined : startedAt - performance.timeOrigin;
}

function bytesOf(inputs: Tensor[]): number {
  return inputs.reduce(
    (sum, { data }) =>
      sum + (Array.isArray(data) ? data.reduce((bytes, text) => bytes + text.length, 0) : data.byteLength),
    0,
  );
}
