import { type ApiError, notFound } from "../errors.ts";
import type { Clock } from "./clock.ts";
import { runIdPattern } from "./prepare-run.ts";
import type { RestateClient } from "./restate.ts";
import { isFinal, type Run } from "./run.ts";
import type { RunRepository } from "./run-repository.ts";
import type { RunStarter } from "./run-starter.ts";
import type { ListRunsRequest, WorkflowEngine } from "./workflow-engine.ts";

const maximumScanned = 1000;
/** A run that is pending for so long may not have been submitted. */
const resubmitMilliseconds = 30_000;

/** Runs as they are now: those under way as Restate knows them, the others as the bucket keeps them. */
export interface RunReader extends Pick<WorkflowEngine, "getRun" | "listRuns"> {
  /** The run of a document that may be older than Restate's state. */
  live(run: Run): Promise<Run>;
}

export function createRunReader({
  runs,
  restate,
  starter,
  clock,
}: {
  runs: RunRepository;
  restate: RestateClient;
  starter: RunStarter;
  clock: Pick<Clock, "now">;
}): RunReader {
  async function live(run: Run): Promise<Run> {
    if (isFinal(run.state)) return run;
    const current = await restate.status(run);
    if (current !== null) return current;
    // No state: it has not begun, or has ended meanwhile.
    const now = (await runs.read(run.id)) ?? run;
    // Whoever started it was lost before Restate had it.
    if (!isFinal(now.state) && clock.now() - Date.parse(now.createdAt) > resubmitMilliseconds)
      await starter.resubmit(now);
    return now;
  }

  async function getRun(id: string): Promise<Run> {
    const run = await runs.read(checkedId(id));
    if (run === undefined) throw runNotFound(id);
    return await live(run);
  }

  async function listRuns(
    request: ListRunsRequest = {},
  ): Promise<{ runs: Run[]; nextPageToken: string | undefined }> {
    const pageSize = request.pageSize ?? 50;
    const found: Run[] = [];
    let pageToken = request.pageToken;
    for (let scanned = 0; scanned < maximumScanned; scanned += pageSize) {
      const page = await runs.page({ pageSize, pageToken });
      for (const run of await Promise.all(page.ids.map(readForList))) {
        if (run === undefined || !matches(run, request)) continue;
        found.push(run);
        if (found.length === pageSize)
          return { runs: found, nextPageToken: await tokenIfMore(runs.tokenAfter(run)) };
      }
      pageToken = page.nextPageToken;
      if (pageToken === undefined) break;
    }
    return { runs: found, nextPageToken: pageToken };
  }

  async function tokenIfMore(pageToken: string): Promise<string | undefined> {
    return (await runs.page({ pageSize: 1, pageToken })).ids.length > 0 ? pageToken : undefined;
  }

  async function readForList(id: string): Promise<Run | undefined> {
    const run = await runs.read(id);
    if (run === undefined) return undefined;
    // A list is worth more than its liveliest entry: without Restate it shows what the bucket has.
    return await live(run).catch(() => run);
  }

  return { getRun, listRuns, live };
}

/** @throws ApiError `run-not-found` (404) for what can be no run's id */
export function checkedId(id: string): string {
  if (!runIdPattern.test(id)) throw runNotFound(id);
  return id;
}

export function runNotFound(id: string): ApiError {
  return notFound("run-not-found", `there is no run "${id}"; GET /v1/runs lists those there are`);
}

function matches(run: Run, { workflow, state }: ListRunsRequest): boolean {
  return (
    (workflow === undefined || run.workflow === workflow) && (state === undefined || run.state === state)
  );
}
