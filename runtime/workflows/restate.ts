import * as clients from "@restatedev/restate-sdk-clients";
import { ApiError, errorMessage, type Problem } from "../errors.ts";
import { type AddReply, type AddRequest, type EventLog, eventLogName } from "./events/event-log.ts";
import type { Run } from "./run.ts";
import type { RunService } from "./run-service.ts";
import {
  type ApproveReply,
  type ApproveRequest,
  type CancelRequest,
  type RunInput,
  runServiceName,
} from "./run-state.ts";

/** What this process asks of Restate. All throw ApiError `workflow-engine-unavailable` (503) where it is down. */
export interface RestateClient {
  /** Resolves once the run is accepted durably; false: one with this id was accepted before, with its own input. */
  submit(input: RunInput): Promise<boolean>;
  /** Null where the run has not begun or has ended. */
  status(runId: string): Promise<Run | null>;
  approve(runId: string, request: ApproveRequest): Promise<ApproveReply>;
  cancel(runId: string, request: CancelRequest): Promise<void>;
  addEvent(runId: string, request: AddRequest): Promise<AddReply>;
  /** Tells Restate where the service is, or that it has changed. */
  register(uri: string): Promise<void>;
  /** What keeps Restate from serving runs; undefined if nothing. */
  problem(): Promise<Problem | undefined>;
}

const requestMilliseconds = 10_000;

export function createRestateClient(ingress: string, admin: string): RestateClient {
  const connection = clients.connect({ url: withoutSlash(ingress) });
  const run = (id: string) => connection.workflowClient<RunService>({ name: runServiceName }, id);
  const options = () => clients.Opts.from({ timeout: requestMilliseconds });

  return {
    submit: (input) =>
      translate(async () => {
        const options = clients.SendOpts.from<RunInput>({ timeout: requestMilliseconds });
        return (await run(input.id).workflowSubmit(input, options)).status === "Accepted";
      }),
    status: (id) => translate(async () => (await run(id).status(options() as never)) as Run | null),
    approve: (id, request) =>
      translate(async () => (await run(id).approve(request, options() as never)) as ApproveReply),
    cancel: (id, request) =>
      translate(async () => {
        await run(id).cancel(request, options() as never);
      }),
    addEvent: (runId, request) =>
      translate(async () => {
        const log = connection.objectClient<EventLog>({ name: eventLogName }, runId);
        return (await log.add(request, options() as never)) as AddReply;
      }),
    register: (uri) =>
      translate(async () => {
        const response = await fetch(new URL("/deployments", admin), {
          method: "POST",
          headers: { "content-type": "application/json" },
          // The address stays while the handlers change with each release, which an unforced call would not notice.
          body: JSON.stringify({ uri, force: true }),
          signal: AbortSignal.timeout(requestMilliseconds),
        });
        const body = await response.text();
        if (!response.ok) throw new Error(`the admin API answered ${response.status}: ${body.slice(0, 500)}`);
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
