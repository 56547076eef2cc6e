import express, { type Request, type Router } from "express";
import { z } from "zod";
import type { WorkflowEngine } from "../workflows/workflow-engine.ts";
import { runAnswer } from "./answers/run-answer.ts";
import { schedulesAnswer, workflowSchedulesAnswer } from "./answers/schedule-answer.ts";
import { jsonBody } from "./json-body.ts";
import { operation } from "./openapi/operation.ts";

type Named = Request<{ workflow: string }>;

const runBody = z.strictObject({ schedule: z.int().min(0).default(0) });

/** `/v1/schedules`: what the schedules of workflows plan. */
export function createSchedulesRouter({ workflows }: { workflows: WorkflowEngine }): Router {
  const router = express.Router();
  const body = jsonBody("100kb");

  const list = {
    summary: "schedules of workflows, and when they come next",
    answers: { 200: schedulesAnswer },
  };
  router.get(
    "/v1/schedules",
    operation(list, async (_request, response) => {
      response.json({ schedules: await workflows.schedules.list() });
    }),
  );

  for (const [action, summary] of [
    ["pause", "start no runs by a workflow's schedules"],
    ["resume", "start runs by a workflow's schedules again, from now on"],
  ] as const)
    router.post(
      `/v1/schedules/:workflow\\:${action}`,
      operation({ summary, answers: { 200: workflowSchedulesAnswer } }, async (request: Named, response) => {
        response.json(await workflows.schedules[action](request.params.workflow));
      }),
    );

  const run = {
    summary: "start a run now, as a workflow's schedule would",
    body: runBody,
    answers: { 202: runAnswer },
  };
  router.post(
    "/v1/schedules/:workflow\\:run",
    body,
    operation(run, async (request: Named, response, input) => {
      const started = await workflows.runSchedule(request.params.workflow, input.body.schedule);
      response.status(202).location(`/v1/runs/${started.id}`).json(started);
    }),
  );

  return router;
}
