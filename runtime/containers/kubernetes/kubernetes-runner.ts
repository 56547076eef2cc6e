import { setTimeout as delay } from "node:timers/promises";
import type { BatchV1Api, CoreV1Api, Log, V1Job } from "@kubernetes/client-node";
import { annotations, attemptName, ownerLabel } from "../attempt-name.ts";
import { finalError } from "../container-errors.ts";
import type {
  ContainerOptions,
  ContainerRequest,
  ContainerResult,
  ContainerRunner,
} from "../container-runner.ts";
import { createOutputLines } from "../output-line.ts";
import { inputsText, readOutputs } from "../outputs.ts";
import { isConflict, isNotFound, requestError, statusMessage } from "./api-errors.ts";
import { followLog } from "./follow-log.ts";
import { type JobSettings, jobOf, secretOf } from "./job.ts";
import { createJobWatcher, type JobState } from "./job-watcher.ts";
import { type Outcome, outcomeOf, stateOf } from "./outcome.ts";
import { waitReason } from "./wait-reason.ts";

export interface KubernetesRunnerOptions extends JobSettings {
  batch: Pick<
    BatchV1Api,
    "createNamespacedJob" | "readNamespacedJob" | "deleteNamespacedJob" | "listNamespacedJob"
  >;
  core: Pick<CoreV1Api, "createNamespacedSecret" | "listNamespacedPod" | "listNamespacedEvent">;
  logs: Pick<Log, "log">;
  /** How often the cluster is asked. Default 1000. */
  intervalMilliseconds?: number;
}

/** How long a Job's end waits for what its container still had to say. */
const lastWordsMilliseconds = 10_000;
/** The reason why a container waits is asked for once in so many looks: it takes a request of its own. */
const ticksPerReason = 3;

/** Runs each attempt as a Job of one pod, which goes on while no runtime is there. */
export function createKubernetesRunner(options: KubernetesRunnerOptions): ContainerRunner {
  const { batch, core, namespace, owner, intervalMilliseconds = 1000 } = options;
  const labelSelector = `${ownerLabel}=${owner}`;
  const watcher = createJobWatcher({ ...options, labelSelector });

  /** The attempt's Job, made where there is none, with its Secret. */
  async function ensureJob(request: ContainerRequest, run: ContainerOptions): Promise<void> {
    const body = jobOf(request, options);
    try {
      const job = await created(body, run);
      // Without it the pod waits; a runtime that was killed here makes it when it comes back.
      await core
        .createNamespacedSecret({ namespace, body: secretOf(request, options, job) })
        .catch((error) => {
          if (!isConflict(error)) throw error;
        });
    } catch (error) {
      run.signal.throwIfAborted();
      throw requestError(`job ${body.metadata?.name} cannot be made in namespace ${namespace}`, error);
    }
  }

  async function created(body: V1Job, { log, signal }: ContainerOptions): Promise<V1Job> {
    const name = body.metadata?.name ?? "";
    for (;;) {
      try {
        const job = await batch.createNamespacedJob({ namespace, body });
        log(`job ${namespace}/${name} is made\n`);
        return job;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
      const job = await found(name);
      if (job !== undefined && job.metadata?.deletionTimestamp === undefined) {
        log(`job ${namespace}/${name} is there from before\n`);
        return job;
      }
      // One that failed is on its way out.
      await delay(intervalMilliseconds, undefined, { signal });
    }
  }

  async function found(name: string): Promise<V1Job | undefined> {
    try {
      return await batch.readNamespacedJob({ namespace, name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async function remove(name: string): Promise<void> {
    try {
      await batch.deleteNamespacedJob({ namespace, name, propagationPolicy: "Background" });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** What stays is removed with the leftovers of the run. */
  async function removeIfPossible(name: string, log: ContainerOptions["log"]): Promise<void> {
    await remove(name).catch((error) => log(`job ${name} cannot be removed: ${statusMessage(error)}\n`));
  }

  async function tellWhyItWaits(
    { job, pod }: JobState,
    told: { reason?: string },
    log: ContainerOptions["log"],
  ) {
    if (job === undefined) return;
    const name = pod?.metadata?.name ?? job.metadata?.name;
    const fieldSelector = `involvedObject.name=${name}`;
    // They only explain: without the right to read them conditions have to do.
    const events = await core.listNamespacedEvent({ namespace, fieldSelector }).then(
      ({ items }) => items,
      () => [],
    );
    const waiting = waitReason(job, pod, events);
    if (waiting === undefined) return;
    if (waiting.reason !== told.reason) log(`waiting: ${waiting.reason}\n`);
    told.reason = waiting.reason;
    if (waiting.never !== undefined) throw finalError(waiting.never.code, waiting.reason);
  }

  /** Until the attempt's end. */
  async function watch(request: ContainerRequest, name: string, run: ContainerOptions): Promise<Outcome> {
    const told: { reason?: string } = {};
    const hasEnded = { value: false };
    let following: Promise<void> | undefined;
    let ticks = 0;
    const reader = new AbortController();
    const stop = () => reader.abort();
    run.signal.addEventListener("abort", stop, { once: true });
    try {
      for (;;) {
        const state = await watcher.state(name).catch((error) => {
          // A cluster that does not answer for a while is no reason to give the container up.
          const reason = `the cluster does not answer: ${statusMessage(error)}`;
          if (told.reason !== reason) run.log(`${reason}\n`);
          told.reason = reason;
          return undefined;
        });
        run.signal.throwIfAborted();
        if (state === undefined) continue;
        const { running, terminated } = stateOf(state.pod) ?? {};
        hasEnded.value = terminated !== undefined;
        if (running !== undefined || terminated !== undefined)
          following ??= followLog({
            api: options.logs,
            namespace,
            pod: state.pod?.metadata?.name ?? "",
            log: run.log,
            hasEnded: () => hasEnded.value,
            signal: reader.signal,
            pause: () => delay(intervalMilliseconds),
          });
        const outcome = outcomeOf(state.job, state.pod, request);
        if (outcome !== undefined) {
          await Promise.race([following, delay(lastWordsMilliseconds, undefined, { ref: false })]);
          return outcome;
        }
        if (following === undefined && ticks++ % ticksPerReason === 0)
          await tellWhyItWaits(state, told, run.log);
      }
    } finally {
      run.signal.removeEventListener("abort", stop);
      reader.abort();
    }
  }

  async function run(
    request: ContainerRequest,
    { signal, detach, log }: ContainerOptions,
  ): Promise<ContainerResult> {
    const name = attemptName(owner, request);
    const lines = createOutputLines();
    const either = detach === undefined ? signal : AbortSignal.any([signal, detach]);
    const told = (text: string | Uint8Array) => {
      lines.append(text);
      log(text);
    };
    try {
      either.throwIfAborted();
      inputsText(request.inputs);
      await ensureJob(request, { signal: either, log });
      const { exitCode, file, usage } = await untilAborted(
        watch(request, name, { signal: either, log: told }),
        either,
      );
      if (exitCode === 0) return { exitCode, usage, outputs: readOutputs(file, lines.last()) };
      await removeIfPossible(name, log);
      return { exitCode, usage, outputs: {} };
    } catch (error) {
      if (detach?.aborted && !signal.aborted) throw detach.reason;
      await removeIfPossible(name, log);
      throw signal.aborted ? signal.reason : error;
    }
  }

  return {
    name: "kubernetes",
    run,
    async removeLeftovers(isEnded) {
      const { items } = await batch.listNamespacedJob({ namespace, labelSelector });
      let removed = 0;
      for (const { metadata } of items) {
        const runId = metadata?.annotations?.[annotations.run];
        if (metadata?.deletionTimestamp !== undefined || runId === undefined || !(await isEnded(runId)))
          continue;
        await remove(metadata?.name ?? "");
        removed += 1;
      }
      return removed;
    },
    close: async () => undefined,
  };
}

/** Does not wait for the cluster's next answer. */
async function untilAborted<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  result.catch(() => undefined);
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
