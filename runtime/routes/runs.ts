import { once } from "node:events";
import express, { type Request, type Router } from "express";
import { z } from "zod";
import { notFound } from "../errors.ts";
import { runReport } from "../monitoring/run-report.ts";
import { runStates } from "../workflows/run.ts";
import { bytesOf, linesOfTasks } from "../workflows/run-logs.ts";
import { type RunPlans, runPlanSvg } from "../workflows/run-plan/run-plans.ts";
import type { WorkflowEngine } from "../workflows/workflow-engine.ts";
import { runAnswer, runsAnswer } from "./answers/run-answer.ts";
import { runPlansAnswer } from "./answers/run-plan-answer.ts";
import { jsonBody } from "./json-body.ts";
import { operation } from "./openapi/operation.ts";
import { lastEventId, sendEvents } from "./run-events.ts";

const startBody = z.strictObject({
  workflow: z.string(),
  version: z.number().int().min(1).optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  id: z.string().optional(),
  pace: z.number().optional(),
});
const listQuery = z.strictObject({
  workflow: z.string().optional(),
  state: z.enum(runStates as [string, ...string[]] & typeof runStates).optional(),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
  pageToken: z.string().min(1).optional(),
});
const logsQuery = z.strictObject({
  task: z.string().min(1).max(200).optional(),
  follow: z
    .enum(["true", "false"], { error: "must be true or false" })
    .default("false")
    .transform((text) => text === "true"),
});
/** As the header Last-Event-ID, for clients that cannot set it. */
const eventsQuery = z.strictObject({ lastEventId: z.string().max(20).optional() });
const cancelBody = z.strictObject({ reason: z.string().max(1000).optional() });
const signalBody = z.strictObject({
  name: z.string().min(1).max(200),
  data: z.unknown().optional(),
  id: z.string().min(1).max(200).optional(),
});
const emptyBody = z.strictObject({});
const approveBody = z.strictObject({
  task: z.string(),
  decision: z.string(),
  person: z.string().max(200).optional(),
  comment: z.string().max(10_000).optional(),
});

/** `/v1/runs`: starting, watching, cancelling, approving. */
export function createRunsRouter({ workflows }: { workflows: WorkflowEngine }): Router {
  const router = express.Router();
  const body = jsonBody("8mb");

  const start = {
    summary: "start a run; the same id never starts a second one",
    body: startBody,
    answers: { 202: runAnswer },
  };
  router.post(
    "/v1/runs",
    body,
    operation(start, async (_request, response, input) => {
      const run = await workflows.startRun(input.body);
      response.status(202).location(`/v1/runs/${run.id}`).json(run);
    }),
  );

  const list = { summary: "runs, newest first", query: listQuery, answers: { 200: runsAnswer } };
  router.get(
    "/v1/runs",
    operation(list, async (_request, response, { query }) => {
      response.json(await workflows.listRuns(query));
    }),
  );

  const show = { summary: "a run as it is now", answers: { 200: runAnswer } };
  router.get(
    "/v1/runs/:id",
    operation(show, async (request: Identified, response) => {
      response.json(await workflows.getRun(request.params.id));
    }),
  );

  const cancel = { summary: "cancel a run", body: cancelBody, answers: { 200: runAnswer } };
  router.post(
    "/v1/runs/:id\\:cancel",
    body,
    operation(cancel, async (request: Identified, response, input) => {
      response.json(await workflows.cancelRun(request.params.id, input.body.reason));
    }),
  );

  const actions = [
    { name: "pause", summary: "begin no further task until the run is resumed", act: workflows.pauseRun },
    { name: "resume", summary: "go on with a paused run", act: workflows.resumeRun },
    {
      name: "retry",
      summary: "begin a failed or cancelled run again; what succeeded keeps its outputs",
      act: workflows.retryRun,
    },
  ];
  for (const { name, summary, act } of actions)
    router.post(
      `/v1/runs/:id\\:${name}`,
      body,
      operation(
        { summary, body: emptyBody, answers: { 200: runAnswer } },
        async (request: Identified, response) => {
          response.json(await act(request.params.id));
        },
      ),
    );

  const approve = {
    summary: "answer a task that waits for a person",
    body: approveBody,
    answers: { 200: runAnswer },
  };
  router.post(
    "/v1/runs/:id\\:approve",
    body,
    operation(approve, async (request: Identified, response, input) => {
      response.json(await workflows.approve(request.params.id, input.body));
    }),
  );

  const logs = {
    summary: "what a run's tasks write, as it comes; of all tasks: whole lines, each after its task's name",
    query: logsQuery,
    answers: { 200: "text/plain" as const },
  };
  router.get(
    "/v1/runs/:id/logs",
    operation(logs, async (request: Identified, response, { query }) => {
      const gone = new AbortController();
      response.once("close", () => gone.abort());
      const parts = await workflows.runLog(request.params.id, { ...query, signal: gone.signal });
      response.type("text/plain").set("cache-control", "no-store").flushHeaders();
      for await (const bytes of query.task === undefined ? linesOfTasks(parts) : bytesOf(parts)) {
        if (!response.write(bytes))
          await once(response, "drain", { signal: gone.signal }).catch(() => undefined);
        if (gone.signal.aborted) return;
      }
      response.end();
    }),
  );

  const signal = {
    summary: "give a run an event that one of its tasks awaits, or will",
    body: signalBody,
    answers: { 200: runAnswer },
  };
  router.post(
    "/v1/runs/:id\\:signal",
    body,
    operation(signal, async (request: Identified, response, input) => {
      response.json(await workflows.signal(request.params.id, input.body));
    }),
  );

  const events = {
    summary: "the states of a run and its tasks as server-sent events, until it ends",
    query: eventsQuery,
    answers: { 200: "text/event-stream" as const, 204: "empty" as const },
  };
  router.get(
    "/v1/runs/:id/events",
    operation(events, async (request: Identified, response, { query }) => {
      const after = lastEventId(request.get("last-event-id"), query.lastEventId);
      const gone = new AbortController();
      response.once("close", () => gone.abort());
      const changes = await workflows.watchRun(request.params.id, { after, signal: gone.signal });
      // Whatever listens to events comes again after the last one, unless it is told that there is nothing.
      if (changes === undefined) response.status(204).end();
      else await sendEvents(response, changes, gone.signal);
    }),
  );

  const plan = {
    summary: "the run's plans with their reasons, planned and actual times; by Accept as image/svg+xml",
    answers: { 200: runPlansAnswer },
  };
  router.get(
    "/v1/runs/:id/plan",
    operation(plan, async (request: Identified, response) => {
      const plans = await workflows.runPlans(request.params.id);
      response.vary("Accept");
      if (request.accepts(["application/json", "image/svg+xml"]) !== "image/svg+xml") response.json(plans);
      else response.type("image/svg+xml").send(requirePicture(plans));
    }),
  );

  const report = { summary: "the run's report", answers: { 200: "text/markdown" as const } };
  router.get(
    "/v1/runs/:id/report",
    operation(report, async (request: Identified, response) => {
      const run = await workflows.getRun(request.params.id);
      const markdown = (await workflows.writtenReport(run.id)) ?? runReport(run);
      response.type("text/markdown").send(markdown);
    }),
  );

  return router;
}

/** @throws ApiError `run-not-planned` (404) */
function requirePicture(plans: RunPlans): string {
  const picture = runPlanSvg(plans);
  if (picture !== undefined) return picture;
  const error = plans.plans[0]?.error ?? "its workflow declares neither durations nor resources";
  throw notFound("run-not-planned", `run ${plans.run} has no plan: ${error}`);
}

type Identified = Request<{ id: string }>;
