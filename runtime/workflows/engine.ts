import { randomUUID } from "node:crypto";
import type { Registry } from "prom-client";
import type { ContainerRunner } from "../containers/container-runner.ts";
import { ApiError, errorMessage, invalidInput, notFound, type Problem } from "../errors.ts";
import type { Inference } from "../inference/inference.ts";
import type { Mailer } from "../mail/mailer.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import type { Outbound } from "../outbound/outbound.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import { type AdmissionSettings, createAdmission, type PoolStatus } from "./admission/create-admission.ts";
import type { PoolCapacity } from "./admission/pool.ts";
import { createCompositeService } from "./composites/composite-service.ts";
import { type AddRequest, createEventLog, maximumDataBytes } from "./events/event-log.ts";
import { eventRefused } from "./events/event-refused.ts";
import { createEventTargets } from "./events/event-target.ts";
import { Executions } from "./executions.ts";
import { journalPath } from "./journal-version.ts";
import { prepareRun, runIdPattern } from "./prepare-run.ts";
import { createRegistration } from "./registration.ts";
import { createRestateClient } from "./restate.ts";
import { isFinal, type Run, type RunState, reportKey, runIdForMessage } from "./run.ts";
import { isLastChange, type RunChange, type WatchRunOptions, watchRun } from "./run-changes.ts";
import { type LogPart, type ReadLogOptions, readRunLog } from "./run-logs.ts";
import { measureRuns } from "./run-metrics.ts";
import { readEstimates } from "./run-plan/estimates.ts";
import { learnFromRuns } from "./run-plan/learn-from-runs.ts";
import { createRunPlanner } from "./run-plan/run-planner.ts";
import { type RunPlans, readRunPlans } from "./run-plan/run-plans.ts";
import { type Suggestion, suggestionsFor } from "./run-plan/suggestions.ts";
import { createRunRepository } from "./run-repository.ts";
import { createRunRetention } from "./run-retention.ts";
import { createRunService } from "./run-service.ts";
import { createRunStarter } from "./run-starter.ts";
import type { RunInput, RunServices } from "./run-state.ts";
import { openServiceEndpoint, type ServiceEndpoint } from "./service-endpoint.ts";
import { parseWorkflow } from "./specification.ts";
import { createTaskService } from "./task-service.ts";
import type { WorkflowLogger } from "./task-type.ts";
import { createEndTriggers } from "./triggers/end-triggers.ts";
import { createObjectWatch } from "./triggers/object-watch.ts";
import { createScheduleObject } from "./triggers/schedule.ts";
import { createStandingTriggers, type StandingTriggers } from "./triggers/standing-triggers.ts";
import { triggerLoops } from "./triggers/trigger-loops.ts";
import { createTriggers } from "./triggers/triggers.ts";
import type { Json, Workflow } from "./workflow.ts";
import {
  createWorkflowRepository,
  type WorkflowDefinition,
  type WorkflowRepository,
} from "./workflow-repository.ts";

export interface WorkflowEngineOptions extends AdmissionSettings {
  store: ObjectStore;
  /** Where scripts' secrets are read from; the caller closes it. Default: a task with secrets fails. */
  secrets?: SecretStore | undefined;
  /** For calls to targets that workflows name; the caller closes it. */
  outbound: Outbound;
  /** Default: a task that sends mail fails. */
  mailer?: Mailer | undefined;
  inference: Inference;
  /** Runs the containers of tasks; the caller closes it. Default: a task with one fails. */
  containers?: ContainerRunner | undefined;
  logger: WorkflowLogger;
  /** Where the metrics go. Default: nowhere. */
  registry?: Registry;
  /** URL of Restate's ingress. */
  restateIngress: string;
  /** URL of Restate's admin API. */
  restateAdmin: string;
  /** Where Restate calls this process; port 0: any free one. */
  workflowHost: string;
  workflowPort: number;
  /** Under which Restate reaches this process. Default: host and port. */
  workflowUrl?: string | undefined;
  /** Restate's public key: calls that are not signed with it are refused. Default: every call is taken. */
  workflowKey?: string | undefined;
  /** Whether this process runs tasks. Default true; else it starts, reads and cancels runs only. */
  serveWorkflows?: boolean;
  /** Seconds between two looks at a prefix of the bucket that a trigger watches. Default 10. */
  objectPollSeconds?: number;
  /** How long runs that ended are kept, in days; 0: for ever. Default 90. */
  runRetentionDays?: number;
  /** At a stop, how long steps under way may take to end. Default 20. */
  drainSeconds?: number;
}

export interface StartRunRequest {
  workflow: string;
  /** Default: the current version. */
  version?: number | undefined;
  inputs?: Record<string, unknown> | undefined;
  /** Makes the call idempotent: the same id never makes a second run. Default: a random one. */
  id?: string | undefined;
  /** Seconds that each step is held. */
  pace?: number | undefined;
}

/** The part of a CloudEvent that starts runs. */
export interface TriggerMessage {
  id: string;
  type: string;
  data?: unknown;
  pace?: number | undefined;
}

export interface SignalRequest {
  name: string;
  /** At most 64 KiB of JSON. Default null. */
  data?: unknown;
  /** Makes the call idempotent: the same id never counts twice. Default: a random one. */
  id?: string | undefined;
}

export interface ListRunsRequest {
  workflow?: string | undefined;
  state?: RunState | undefined;
  /** 1 to 200. Default 50. */
  pageSize?: number | undefined;
  pageToken?: string | undefined;
}

export interface WorkflowEngine {
  readonly definitions: WorkflowRepository;
  /** Triggers by schedules, and by objects in the bucket. */
  readonly schedules: Pick<StandingTriggers, "list" | "pause" | "resume">;
  /**
   * Starts a run with the inputs that the workflow's schedule gives now.
   * @param position which of its schedules, from 0. Default 0
   * @throws ApiError `workflow-not-found`, `schedule-not-found` (404)
   */
  runSchedule(workflow: string, position?: number): Promise<Run>;
  /** Opens the port that Restate calls, where this process runs tasks, and registers it; goes on trying where Restate is down. */
  start(): Promise<void>;
  /** What keeps runs from making progress; undefined if nothing. */
  healthy(): Promise<Problem | undefined>;
  putDefinition(specification: string, files?: Record<string, string>): Promise<WorkflowDefinition>;
  /**
   * Resolves once Restate accepted the run durably.
   * @throws ApiError `workflow-not-found` (404), `invalid-inputs` (400), `not-enough-capacity` (422), `run-id-taken` (409),
   * `workflow-engine-unavailable` (503)
   */
  startRun(request: StartRunRequest): Promise<Run>;
  /** @throws ApiError `run-not-found` (404) */
  getRun(id: string): Promise<Run>;
  /** Newest first. A page may be shorter than asked for and still have a successor. @throws ApiError `invalid-page-token` (400) */
  listRuns(request?: ListRunsRequest): Promise<{ runs: Run[]; nextPageToken: string | undefined }>;
  /** @throws ApiError `run-not-found` (404), `run-ended` (409) */
  cancelRun(id: string, reason?: string): Promise<Run>;
  /** No task and no attempt begins until it is resumed; what is under way ends. @throws ApiError as `cancelRun` */
  pauseRun(id: string): Promise<Run>;
  /** @throws ApiError as `cancelRun` */
  resumeRun(id: string): Promise<Run>;
  /**
   * Begins a failed or cancelled run again under its id; tasks that succeeded, and were not undone, keep their outputs.
   * @throws ApiError `run-not-found` (404), `run-not-ended`, `run-succeeded` (409)
   */
  retryRun(id: string): Promise<Run>;
  /** @throws ApiError `run-not-found`, `task-not-found` (404), `not-waiting`, `already-decided` (409), `invalid-decision` (400) */
  approve(
    id: string,
    answer: { task: string; decision: string; person?: string | undefined; comment?: string | undefined },
  ): Promise<Run>;
  /**
   * Gives a run an event that one of its tasks awaits, or will.
   * @throws ApiError `run-not-found` (404), `run-ended`, `event-not-awaited`, `too-many-events` (409), `invalid-event` (400)
   */
  signal(id: string, event: SignalRequest): Promise<Run>;
  /**
   * Starts a run of every workflow that the message's type triggers, once per message however often it comes.
   * @throws ApiError `no-trigger` (422) where there is none, `invalid-inputs` (400)
   */
  handleMessage(message: TriggerMessage): Promise<{ runs: string[] }>;
  /**
   * What the run's tasks have logged, each task's parts in order, of all attempts.
   * @throws ApiError `run-not-found`, `task-not-found` (404), before the first part
   */
  runLog(id: string, options?: ReadLogOptions): Promise<AsyncGenerator<LogPart>>;
  /** What each pool of resources has, who holds some and who waits. */
  pools(): Promise<PoolStatus[]>;
  /**
   * The states of a run and its tasks until it ends; undefined where all of them are known already.
   * @throws ApiError `run-not-found` (404), before the first
   */
  watchRun(id: string, options?: WatchRunOptions): Promise<AsyncGenerator<RunChange> | undefined>;
  /** What the default pool has for tasks. @throws ApiError `capacity-unavailable` (503) */
  capacity(): Promise<PoolCapacity>;
  /** What past runs say about the current version's tasks. @throws ApiError `workflow-not-found` (404) */
  suggestions(workflow: string): Promise<Suggestion[]>;
  /** The run's plans beside what happened; no plans where its workflow declares nothing to plan with. @throws ApiError `run-not-found` (404) */
  runPlans(id: string): Promise<RunPlans>;
  /** What a `report` task wrote, as Markdown. */
  writtenReport(id: string): Promise<string | undefined>;
  /** Lets steps under way end, then gives the rest back to Restate. */
  stop(): Promise<void>;
}

const maximumScanned = 1000;
/** A run that is pending for so long may not have been submitted. */
const resubmitMilliseconds = 30_000;

export function createWorkflowEngine(options: WorkflowEngineOptions): WorkflowEngine {
  const {
    store,
    secrets,
    outbound,
    mailer,
    inference,
    containers,
    logger,
    serveWorkflows: serves = true,
  } = options;
  const definitions = createWorkflowRepository(store);
  const plainRuns = learnFromRuns(createRunRepository(store), store, logger);
  const runs = options.registry === undefined ? plainRuns : measureRuns(plainRuns, options.registry);
  const executions = new Executions();
  const triggers = createTriggers(definitions);
  const restate = createRestateClient(options.restateIngress, options.restateAdmin);
  const registration = createRegistration(restate, logger);
  const starter = createRunStarter({ runs, definitions, restate, registration });
  const checkNeeds = (workflow: Workflow) => admission.checkNeeds(workflow);
  const retention = createRunRetention({
    store,
    runs,
    logger,
    days: options.runRetentionDays ?? 90,
    resubmit: (run) => starter.resubmit(run),
  });
  const services: RunServices = {
    store,
    secrets,
    outbound,
    mailer,
    inference,
    containers,
    logger,
    workflows: definitions,
    runs,
    executions,
    checkNeeds,
    endTriggers: createEndTriggers(triggers, { workflows: definitions, runs, logger, checkNeeds }),
    planner: createRunPlanner(store, { read: () => admission.capacity() }),
  };
  const admission = createAdmission({ ...options, readPool: (name) => restate.pool(name) });
  const standing = createStandingTriggers({ workflows: definitions, restate, logger });
  const pollMilliseconds = (options.objectPollSeconds ?? 10) * 1000;
  let endpoint: ServiceEndpoint | undefined;

  const prepare = (request: StartRunRequest, unknownNames: "refuse" | "drop") =>
    prepareRun(services, { ...request, unknownNames });

  async function live(run: Run): Promise<Run> {
    if (isFinal(run.state)) return run;
    const current = await restate.status(run);
    if (current !== null) return current;
    // No state: it has not begun, or has ended meanwhile.
    const now = (await runs.read(run.id)) ?? run;
    // Whoever started it was lost before Restate had it.
    if (!isFinal(now.state) && Date.now() - Date.parse(now.createdAt) > resubmitMilliseconds)
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

  async function cancelRun(id: string, reason = "cancelled"): Promise<Run> {
    const run = await runningRun(id);
    await restate.control(run, { kind: "cancel", reason, at: Date.now() });
    executions.cancel(id);
    return await getRun(id);
  }

  async function runningRun(id: string): Promise<Run> {
    const run = await getRun(id);
    if (isFinal(run.state))
      throw new ApiError(`run ${id} has ended already: ${run.state}`, { status: 409, code: "run-ended" });
    return run;
  }

  async function pauseOrResume(id: string, kind: "pause" | "resume"): Promise<Run> {
    await restate.control(await runningRun(id), { kind, at: Date.now() });
    return await getRun(id);
  }

  async function retryRun(id: string): Promise<Run> {
    const run = await starter.retry(checkedId(id));
    if (run === undefined) throw runNotFound(id);
    return await live(run);
  }

  async function approve(
    id: string,
    answer: { task: string; decision: string; person?: string | undefined; comment?: string | undefined },
  ): Promise<Run> {
    const run = await getRun(id);
    checkTask(run, answer.task);
    const { task, decision, person = null, comment = null } = answer;
    const reply = isFinal(run.state)
      ? "not-running"
      : await restate.approve(run, { task, decision, person, comment, at: Date.now() });
    // Read anew: it may have gone on, or ended, since it was looked at.
    if (reply !== "accepted") throw approvalRefused(reply, answer.task, await getRun(id));
    return await getRun(id);
  }

  async function signal(
    id: string,
    { name, data = null, id: eventId = randomUUID() }: SignalRequest,
  ): Promise<Run> {
    const bytes = Buffer.byteLength(JSON.stringify(data));
    if (bytes > maximumDataBytes)
      throw invalidInput(
        "invalid-event",
        [{ path: "data", message: `is ${bytes} bytes, at most ${maximumDataBytes} are allowed` }],
        "event",
      );
    const request: AddRequest = { id: eventId, name, data: data as Json, at: Date.now() };
    const reply = await restate.addEvent(checkedId(id), request);
    if (reply !== "accepted") throw eventRefused(reply, id, name);
    return await getRun(id);
  }

  async function runLog(id: string, options: ReadLogOptions = {}): Promise<AsyncGenerator<LogPart>> {
    const run = await getRun(id);
    // An item of a task is logged as TASK/ITEM.
    const task = options.task?.split("/", 1)[0];
    if (task !== undefined) checkTask(run, task);
    return readRunLog(store, id, async () => isFinal((await getRun(id)).state), options);
  }

  async function handleMessage(message: TriggerMessage): Promise<{ runs: string[] }> {
    const found = await triggers.find(message.type);
    if (found.length === 0)
      throw new ApiError(`no workflow has a trigger for messages of type "${message.type}"`, {
        status: 422,
        code: "no-trigger",
      });
    // All are checked before the first is started.
    const inputs = await Promise.all(
      found.map((definition) => prepareForMessage(definition, message, found.length)),
    );
    for (const input of inputs) await starter.submit(input, { isNewId: false });
    return { runs: inputs.map((input) => input.id) };
  }

  async function prepareForMessage(
    { name }: WorkflowDefinition,
    message: TriggerMessage,
    count: number,
  ): Promise<RunInput> {
    const data = message.data ?? {};
    if (typeof data !== "object" || data === null || Array.isArray(data))
      throw invalidInput(
        "invalid-inputs",
        [{ path: "data", message: "must be an object, input to value" }],
        "message",
      );
    const [shared, own] = [
      runIdForMessage(message.type, message.id),
      runIdForMessage(message.type, message.id, name),
    ];
    // A redelivery must find its run even where a second workflow with this trigger came or went in between.
    const known = (await Promise.all([runs.read(shared), runs.read(own)])).find(
      (run) => run?.workflow === name,
    );
    const id = known?.id ?? (count === 1 ? shared : own);
    return await prepare(
      {
        workflow: name,
        version: known?.version,
        inputs: data as Record<string, Json>,
        id,
        pace: message.pace,
      },
      "drop",
    );
  }

  return {
    definitions,
    schedules: standing,
    async runSchedule(workflow, position) {
      const now = await standing.inputsNow(workflow, position);
      return await starter.submit(await prepare({ workflow, ...now }, "refuse"), { isNewId: true });
    },
    async start() {
      if (!serves) return;
      endpoint = await openServiceEndpoint(
        {
          services: [
            createRunService(services),
            createTaskService(services),
            createCompositeService(services),
            createEventLog(createEventTargets(services)),
            admission.service,
            createScheduleObject(services),
            createObjectWatch(services, { store, pollMilliseconds }),
          ],
          logger: restateLogger(logger),
          ...(options.workflowKey !== undefined && { identityKeys: [options.workflowKey] }),
        },
        options.workflowHost,
        options.workflowPort,
      );
      const { workflowUrl } = options;
      const uri =
        workflowUrl === undefined ? endpoint.uri : `${workflowUrl.replace(/\/$/, "")}${journalPath}`;
      await registration.start(uri);
      retention.start();
      standing.start();
    },
    async healthy() {
      // Through a service in front of it Restate reaches only replicas that are ready, so this one must be first.
      const isRegisteredByItself = serves && options.workflowUrl === undefined;
      return (await restate.problem()) ?? (isRegisteredByItself ? registration.problem() : undefined);
    },
    async putDefinition(specification, files) {
      const others = (await definitions.list()).map(({ workflow }) => workflow);
      const problems = triggerLoops(parseWorkflow(specification).workflow, others);
      if (problems.length > 0) throw invalidInput("invalid-workflow", problems, "workflow");
      const definition = await definitions.put(specification, files);
      triggers.invalidate();
      await standing.refresh(definition);
      return definition;
    },
    async startRun(request) {
      const input = await prepare(request, "refuse");
      return await starter.submit(input, { isNewId: request.id === undefined });
    },
    getRun,
    listRuns,
    cancelRun,
    pauseRun: (id) => pauseOrResume(id, "pause"),
    resumeRun: (id) => pauseOrResume(id, "resume"),
    retryRun,
    approve,
    signal,
    handleMessage,
    runLog,
    pools: () => admission.pools(),
    async watchRun(id, options = {}) {
      const run = await getRun(id);
      if (options.after !== undefined && isLastChange(run, options.after)) return undefined;
      return watchRun(() => getRun(id), options);
    },
    capacity: () => admission.capacity(),
    async suggestions(name) {
      const { workflow } = await definitions.get(name);
      return suggestionsFor(workflow, await readEstimates(store, name));
    },
    async runPlans(id) {
      return await readRunPlans(store, await getRun(id));
    },
    async writtenReport(id) {
      const object = await store.get(reportKey(checkedId(id)));
      return object === undefined ? undefined : Buffer.from(object.body).toString("utf8");
    },
    async stop() {
      standing.stop();
      registration.stop();
      retention.stop();
      await executions.drain(options.drainSeconds ?? 20);
      await endpoint?.close();
      await executions.settle();
    },
  };
}

function checkedId(id: string): string {
  if (!runIdPattern.test(id)) throw runNotFound(id);
  return id;
}

function runNotFound(id: string): ApiError {
  return notFound("run-not-found", `there is no run "${id}"; GET /v1/runs lists those there are`);
}

function checkTask({ id, tasks }: Run, name: string): void {
  if (tasks.some((task) => task.name === name)) return;
  throw notFound(
    "task-not-found",
    `run ${id} has no task "${name}"; its tasks are ${tasks.map((task) => task.name).join(", ")}`,
  );
}

function matches(run: Run, { workflow, state }: ListRunsRequest): boolean {
  return (
    (workflow === undefined || run.workflow === workflow) && (state === undefined || run.state === state)
  );
}

function approvalRefused(
  reply: "not-running" | "not-waiting" | "already-decided" | { refused: string },
  task: string,
  run: Run,
): ApiError {
  if (typeof reply === "object")
    return invalidInput("invalid-decision", [{ path: "decision", message: reply.refused }], "decision");
  const decided = run.tasks.find((one) => one.name === task)?.outputs;
  if (reply === "already-decided" || (decided !== null && decided !== undefined))
    return new ApiError(`task ${task} of run ${run.id} was decided already`, {
      status: 409,
      code: "already-decided",
    });
  return new ApiError(`task ${task} of run ${run.id} is not waiting for a decision`, {
    status: 409,
    code: "not-waiting",
  });
}

/** The SDK's own messages, in our log; its warnings of retried steps are of interest only when looking for a fault. */
function restateLogger(logger: WorkflowLogger) {
  return (metadata: { level: string; context?: unknown }, message?: unknown, ...rest: unknown[]) => {
    const detail = [message, ...rest]
      .map((part) => (part instanceof Error ? errorMessage(part) : String(part)))
      .join(" ");
    if (metadata.level === "error") logger.warn({ source: "restate" }, detail);
    else logger.debug({ source: "restate", level: metadata.level }, detail);
  };
}
