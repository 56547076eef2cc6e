import express, { type Request, type Response, type Router } from "express";
import { z } from "zod";
import { invalidInput } from "../errors.ts";
import { allocate } from "../planning/allocation/allocate.ts";
import { allocationSchema } from "../planning/allocation/allocation.ts";
import { parseAllocation } from "../planning/allocation/parse-allocation.ts";
import { ganttMermaid } from "../planning/answer/gantt-mermaid.ts";
import { ganttSvg } from "../planning/answer/gantt-svg.ts";
import type { PlanAnswer } from "../planning/answer/plan-answer.ts";
import { capacityRequestSchema } from "../planning/capacity-planning/capacity-request.ts";
import { planCapacityInWorker, planInWorker } from "../planning/worker/plan-in-worker.ts";
import { checkInputs } from "../workflows/json-schema.ts";
import { parseCapacity } from "../workflows/run-plan/parse-capacity.ts";
import { workflowProblem } from "../workflows/run-plan/workflow-problem.ts";
import type { WorkflowEngine } from "../workflows/workflow-engine.ts";
import { capacityAnswer } from "./answers/capacity-answer.ts";
import { allocationAnswer, planAnswer } from "./answers/plan-answer.ts";
import { jsonBody } from "./json-body.ts";
import { described, operation } from "./openapi/operation.ts";

/** Seconds that a plan searches where the request does not say it, and at most. */
const defaultSeconds = 10;
const maximumSeconds = 120;

const planBody = z.strictObject({
  problem: z.looseObject({}).optional(),
  workflow: z.string().optional(),
  version: z.number().int().min(1).optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  capacity: z.string().max(1000).optional(),
  strategy: z.string().max(100).optional(),
  rule: z.string().max(100).optional(),
  seconds: z.number().positive().max(maximumSeconds).default(defaultSeconds),
  seed: z.number().int().min(0).optional(),
});

const mediaTypes = { json: "application/json", svg: "image/svg+xml", mermaid: "text/vnd.mermaid" } as const;

/** `/v1/plans`: what runs when, on what there is; computed anew at each call, nothing is kept. */
export function createPlansRouter({ workflows }: { workflows: WorkflowEngine }): Router {
  const router = express.Router();
  const body = jsonBody("8mb");

  const plan = {
    summary: "plan a problem, or a workflow; as JSON, or by Accept as image/svg+xml or text/vnd.mermaid",
    body: planBody,
    answers: { 200: planAnswer },
  };
  router.post(
    "/v1/plans",
    body,
    operation(plan, async (request: Request, response, input) => {
      const { title, problem } = await problemOf(input.body, workflows);
      const { strategy, rule, seconds, seed } = input.body;
      const gone = new AbortController();
      response.once("close", () => gone.abort());
      const answer = await planInWorker(problem, {
        strategy,
        seconds,
        signal: gone.signal,
        ...(rule !== undefined && { rule }),
        ...(seed !== undefined && { seed }),
      });
      sendPlan(request, response, answer, title);
    }),
  );

  const allocation = {
    summary: "share resources among tasks at the least cost, demands as lower bounds",
    body: allocationSchema,
    answers: { 200: allocationAnswer },
  };
  router.post(
    "/v1/plans\\:allocation",
    body,
    described(allocation, async (request: Request, response: Response) => {
      response.json(await allocate(parseAllocation(request.body)));
    }),
  );

  const capacityPlan = {
    summary: "which nodes meet deadlines or a budget at least cost, of the offers in the request",
    body: capacityRequestSchema,
    answers: { 200: capacityAnswer },
  };
  router.post(
    "/v1/plans\\:capacity",
    body,
    operation(capacityPlan, async (_request, response, input) => {
      const gone = new AbortController();
      response.once("close", () => gone.abort());
      response.json(await planCapacityInWorker(input.body, gone.signal));
    }),
  );

  return router;
}

/** @throws ApiError `invalid-request` (400) where it is neither or both, and what the workflow's parts throw */
async function problemOf(
  { problem, workflow: name, version, inputs, capacity }: z.infer<typeof planBody>,
  workflows: WorkflowEngine,
): Promise<{ title: string; problem: unknown }> {
  if ((problem === undefined) === (name === undefined))
    throw invalidInput(
      "invalid-request",
      [{ path: "problem", message: "give either a problem or the name of a workflow" }],
      "request",
    );
  if (name === undefined) return { title: "plan", problem };
  const { workflow } = await workflows.definitions.get(name, version);
  const checked = inputs === undefined ? undefined : checkInputs(workflow.inputs, inputs, "refuse");
  if (checked !== undefined && checked.problems.length > 0)
    throw invalidInput("invalid-inputs", checked.problems, `inputs of workflow ${name}`);
  const amounts = capacity === undefined ? (await workflows.capacity()).total : parseCapacity(capacity);
  return { title: name, problem: workflowProblem(workflow, { capacity: amounts }) };
}

/** In the form that the caller prefers. */
export function sendPlan(request: Request, response: Response, answer: PlanAnswer, title: string): void {
  response.vary("Accept");
  const type = request.accepts(Object.values(mediaTypes)) || mediaTypes.json;
  if (type === mediaTypes.svg) response.type(type).send(ganttSvg(answer, { title }));
  else if (type === mediaTypes.mermaid) response.type(type).send(ganttMermaid(answer, title));
  else response.json(answer);
}
