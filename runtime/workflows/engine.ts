import type { Registry } from "prom-client";
import type { ContainerRunner } from "../containers/container-runner.ts";
import { errorMessage, invalidInput } from "../errors.ts";
import type { Inference } from "../inference/inference.ts";
import { createModelSigner, type ModelSigner } from "../inference/model-signer.ts";
import type { Mailer } from "../mail/mailer.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import type { Outbound } from "../outbound/outbound.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import { checkTask, createRunActions } from "./act-on-runs.ts";
import { type AdmissionSettings, createAdmission } from "./admission/create-admission.ts";
import { createClock } from "./clock.ts";
import { createCompositeService } from "./composites/composite-service.ts";
import { createEventLog } from "./events/event-log.ts";
import { createEventTargets } from "./events/event-target.ts";
import { Executions } from "./executions.ts";
import { journalPath } from "./journal-version.ts";
import { prepareRun } from "./prepare-run.ts";
import { checkedId, createRunReader } from "./read-runs.ts";
import { refuseDeletion } from "./refuse-deletion.ts";
import { createRegistration } from "./registration.ts";
import { createRestateClient } from "./restate.ts";
import { isFinal, reportKey } from "./run.ts";
import { isLastChange, watchRun } from "./run-changes.ts";
import { type LogPart, type ReadLogOptions, readRunLog } from "./run-logs.ts";
import { measureRuns } from "./run-metrics.ts";
import { readEstimates } from "./run-plan/estimates.ts";
import { learnFromRuns } from "./run-plan/learn-from-runs.ts";
import { createRunPlanner } from "./run-plan/run-planner.ts";
import { readRunPlans } from "./run-plan/run-plans.ts";
import { suggestionsFor } from "./run-plan/suggestions.ts";
import { createRunRepository } from "./run-repository.ts";
import { createRunRetention } from "./run-retention.ts";
import { createRunService } from "./run-service.ts";
import { createRunStarter } from "./run-starter.ts";
import type { RunServices } from "./run-state.ts";
import { openServiceEndpoint, type ServiceEndpoint } from "./service-endpoint.ts";
import { parseWorkflow } from "./specification.ts";
import { createMessageStarts } from "./start-by-message.ts";
import { createTaskService } from "./task-service.ts";
import type { WorkflowLogger } from "./task-type.ts";
import { createEndTriggers } from "./triggers/end-triggers.ts";
import { createObjectWatch } from "./triggers/object-watch.ts";
import { createScheduleObject } from "./triggers/schedule.ts";
import { createStandingTriggers } from "./triggers/standing-triggers.ts";
import { triggerLoops } from "./triggers/trigger-loops.ts";
import { createTriggers } from "./triggers/triggers.ts";
import type { Workflow } from "./workflow.ts";
import type { StartRunRequest, WorkflowEngine } from "./workflow-engine.ts";
import { createWorkflowRepository } from "./workflow-repository.ts";

export interface WorkflowEngineOptions extends AdmissionSettings {
  store: ObjectStore;
  /** Where scripts' secrets are read from; the caller closes it. Default: a task with secrets fails. */
  secrets?: SecretStore | undefined;
  /** For calls to targets that workflows name; the caller closes it. */
  outbound: Outbound;
  /** Default: a task that sends mail fails. */
  mailer?: Mailer | undefined;
  inference: Inference;
  /** Default: signs with secrets that tasks name. */
  modelSigner?: ModelSigner | undefined;
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
  const learning = learnFromRuns(createRunRepository(store), store, logger);
  const runs =
    options.registry === undefined ? learning.repository : measureRuns(learning.repository, options.registry);
  const executions = new Executions();
  const triggers = createTriggers(definitions);
  const restate = createRestateClient(options.restateIngress, options.restateAdmin);
  const clock = createClock({ read: () => restate.time(), logger });
  const registration = createRegistration(restate, logger);
  const starter = createRunStarter({ runs, definitions, restate, registration });
  const checkNeeds = (workflow: Workflow) => admission.checkNeeds(workflow);
  const retention = createRunRetention({
    store,
    runs,
    logger,
    days: options.runRetentionDays ?? 90,
    resubmit: (run) => starter.resubmit(run),
    now: clock.now,
  });
  const services: RunServices = {
    store,
    secrets,
    outbound,
    mailer,
    inference,
    modelSigner: options.modelSigner ?? createModelSigner({ secrets, secret: undefined, modelKeys: [] }),
    containers,
    logger,
    clock,
    workflows: definitions,
    runs,
    executions,
    checkNeeds,
    endTriggers: createEndTriggers(triggers, { workflows: definitions, runs, logger, clock, checkNeeds }),
    planner: createRunPlanner(store, { read: () => admission.capacity() }),
  };
  const admission = createAdmission({ ...options, clock, readPool: (name) => restate.pool(name) });
  const standing = createStandingTriggers({ workflows: definitions, restate, logger, now: clock.now });
  const pollMilliseconds = (options.objectPollSeconds ?? 10) * 1000;
  let endpoint: ServiceEndpoint | undefined;

  const reader = createRunReader({ runs, restate, starter, clock });
  const { getRun, listRuns } = reader;
  const actions = createRunActions({ reader, restate, executions, starter, clock });
  const messages = createMessageStarts({ services, triggers, starter });

  const prepare = (request: StartRunRequest) => prepareRun(services, { ...request, unknownNames: "refuse" });

  async function runLog(id: string, options: ReadLogOptions = {}): Promise<AsyncGenerator<LogPart>> {
    const run = await getRun(id);
    // An item of a task is logged as TASK/ITEM.
    const task = options.task?.split("/", 1)[0];
    if (task !== undefined) checkTask(run, task);
    return readRunLog(store, id, async () => isFinal((await getRun(id)).state), options);
  }

  return {
    definitions,
    schedules: standing,
    async runSchedule(workflow, position) {
      const now = await standing.inputsNow(workflow, position);
      return await starter.submit(await prepare({ workflow, ...now }), { isNewId: true });
    },
    async start() {
      await clock.start();
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
    async deleteDefinition(name) {
      const definition = await definitions.get(name);
      refuseDeletion(name, await definitions.list());
      await definitions.delete(name);
      triggers.invalidate();
      await standing.forget(definition);
    },
    async startRun(request) {
      const input = await prepare(request);
      return await starter.submit(input, { isNewId: request.id === undefined });
    },
    getRun,
    listRuns,
    ...actions,
    ...messages,
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
      clock.stop();
      standing.stop();
      registration.stop();
      retention.stop();
      await executions.drain(options.drainSeconds ?? 20);
      await endpoint?.close();
      await executions.settle();
      await learning.settle();
    },
  };
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
