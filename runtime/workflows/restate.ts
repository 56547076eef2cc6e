import * as clients from "@restatedev/restate-sdk-clients";
import { ApiError, errorMessage, type Problem } from "../errors.ts";
import type { PoolState } from "./admission/pool.ts";
import { type PoolObject, poolServiceName } from "./admission/pool-object.ts";
import { type CompositeService, compositeServiceName } from "./composites/composite-service.ts";
import { type AddReply, type AddRequest, type EventLog, eventLogName } from "./events/event-log.ts";
import { journalVersionOf } from "./journal-version.ts";
import { createRestateFetch } from "./restate-fetch.ts";
import { type ItemCounts, idempotencyKey, type Run, type TaskRun } from "./run.ts";
import type { RunService } from "./run-service.ts";
import {
  type ApproveReply,
  type ApproveRequest,
  type ControlRequest,
  type RunInput,
  runServiceName,
  workflowKey,
} from "./run-state.ts";
import { taskTypes } from "./task-types/task-types.ts";
import { type ObjectWatch, objectWatchName, type WatchedPrefix, watchKey } from "./triggers/object-watch.ts";
import { type ScheduleObject, type SchedulePlan, scheduleName } from "./triggers/schedule.ts";

/** A run's document, or the part of it that says which Restate workflow carries it out. */
export type ExecutionOfRun = Pick<Run, "id" | "execution">;

/** What this process asks of Restate. All throw ApiError `workflow-engine-unavailable` (503) where it is down. */
export interface RestateClient {
  /** Resolves once the run is accepted durably; false: one with this id was accepted before, with its own input. */
  submit(input: RunInput): Promise<boolean>;
  /** Null where the run has not begun or has ended. */
  status(run: ExecutionOfRun): Promise<Run | null>;
  approve(run: ExecutionOfRun, request: ApproveRequest): Promise<ApproveReply>;
  /** Asking for the same thing again is no error. */
  control(run: ExecutionOfRun, request: ControlRequest): Promise<void>;
  /** What is planned for a workflow's schedules, after the action. */
  schedule(workflow: string, action: "refresh" | "pause" | "resume"): Promise<SchedulePlan>;
  /** Begins to watch a prefix of the bucket, unless it is watched already. */
  watch(watched: WatchedPrefix): Promise<void>;
  addEvent(runId: string, request: AddRequest): Promise<AddReply>;
  /** What a pool of resources has granted and who waits; null where nobody asked it yet. */
  pool(name: string): Promise<PoolState | null>;
  /**
   * Tells Restate where the services are, or that they have changed. False: nothing is changed, since services of a newer
   * journal version are registered, which take new runs.
   */
  register(uri: string): Promise<boolean>;
  /** Its clock, in milliseconds since 1970. */
  time(): Promise<number>;
  /** What keeps Restate from serving runs; undefined if nothing. */
  problem(): Promise<Problem | undefined>;
}

const requestMilliseconds = 10_000;
/** A later answer would be no good measure. */
const lookMilliseconds = 2000;

export function createRestateClient(ingress: string, admin: string): RestateClient {
  const connection = clients.connect({
    url: withoutSlash(ingress),
    fetch: createRestateFetch(requestMilliseconds),
  });
  const run = ({ id, execution = 1 }: ExecutionOfRun) =>
    connection.workflowClient<RunService>({ name: runServiceName }, workflowKey({ id, execution }));

  async function ask(
    method: string,
    path: string,
    body?: unknown,
    milliseconds = requestMilliseconds,
  ): Promise<unknown> {
    const response = await fetch(new URL(path, admin), {
      method,
      ...(body !== undefined && {
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify(body),
      }),
      signal: AbortSignal.timeout(milliseconds),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the admin API answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }

  /** A task of many items is carried out apart from its run, and so is what is known of them. */
  async function withItems(runId: string, task: TaskRun): Promise<TaskRun> {
    if (task.state !== "running" || taskTypes.get(task.uses)?.kind !== "composite") return task;
    const key = idempotencyKey(runId, task.name, task.undone);
    const composite = connection.workflowClient<CompositeService>({ name: compositeServiceName }, key);
    const items = (await composite.items()) as ItemCounts | null;
    return items === null ? task : { ...task, items };
  }

  return {
    submit: (input) =>
      translate(async () => {
        return (await run(input).workflowSubmit(input)).status === "Accepted";
      }),
    status: (of) =>
      translate(async () => {
        const current = (await run(of).status()) as Run | null;
        if (current === null) return null;
        return { ...current, tasks: await Promise.all(current.tasks.map((task) => withItems(of.id, task))) };
      }),
    approve: (of, request) => translate(async () => (await run(of).approve(request)) as ApproveReply),
    control: (of, request) =>
      translate(async () => {
        await run(of).control(request);
      }),
    schedule: (workflow, action) =>
      translate(async () => {
        const schedule = connection.objectClient<ScheduleObject>({ name: scheduleName }, workflow);
        return (await schedule[action]()) as SchedulePlan;
      }),
    watch: (watched) =>
      translate(async () => {
        const watch = connection.objectClient<ObjectWatch>({ name: objectWatchName }, watchKey(watched));
        await watch.watch();
      }),
    addEvent: (runId, request) =>
      translate(async () => {
        const log = connection.objectClient<EventLog>({ name: eventLogName }, runId);
        return (await log.add(request)) as AddReply;
      }),
    pool: (name) =>
      translate(
        async () =>
          (await connection
            .objectClient<PoolObject>({ name: poolServiceName }, name)
            .status()) as PoolState | null,
      ),
    register: (uri) =>
      translate(async () => {
        const { deployments } = (await ask("GET", "/deployments")) as { deployments: { uri?: string }[] };
        const own = journalVersionOf(uri) ?? 0;
        if (deployments.some((one) => (journalVersionOf(one.uri ?? "") ?? 0) > own)) return false;
        // The address stays while the handlers change with each release, which an unforced call would not notice.
        await ask("POST", "/deployments", { uri, force: true });
        return true;
      }),
    time: () =>
      translate(async () => {
        const { rows } = (await ask(
          "POST",
          "/query",
          { query: "select now() as now" },
          lookMilliseconds,
        )) as {
          rows: { now: string }[];
        };
        // Without a zone, and to the nanosecond: 2026-01-31T12:00:00.123456789
        return Date.parse(`${rows[0]?.now.slice(0, 23)}Z`);
      }),
    problem: async () => {
      try {
        const response = await fetch(new URL("/health", admin), { signal: AbortSignal.timeout(2000) });
        if (response.ok) return undefined;
        return { path: "restate", message: `the admin API answers ${response.status}` };
      } catch (error) {
        return { path: "restate", message: `no answer at ${admin}: ${reason(error)}` };
      }
    },
  };
}

async function translate<Result>(action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    throw new ApiError(`the workflow engine cannot be reached: ${reason(error)}`, {
      status: 503,
      code: "workflow-engine-unavailable",
      isRetryable: true,
      cause: error,
    });
  }
}

/** fetch says "fetch failed" and keeps what happened in the cause. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? `${errorMessage(error)} (${cause.message})` : errorMessage(error);
}

function withoutSlash(url: string): string {
  return url.endsWith("/") ? url.slice(0, -1) : url;
}
