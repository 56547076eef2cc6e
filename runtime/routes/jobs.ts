import express, { type Request, type Response, type Router } from "express";
import { z } from "zod";
import type { InferenceJobs } from "../jobs/inference-jobs.ts";
import { jobStates } from "../jobs/job.ts";
import { jobRequestSchema } from "../jobs/job-request.ts";
import { jobAnswer, jobResultAnswer, jobsAnswer } from "./answers/job-answer.ts";
import { jsonBody } from "./json-body.ts";
import { described, operation } from "./openapi/operation.ts";

export interface JobsRouterOptions {
  jobs: InferenceJobs;
  /** Of a request's body; what the queue takes. */
  maximumRequestBytes: number;
}

const listQuery = z.strictObject({
  state: z.enum(jobStates).optional(),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
  pageToken: z.string().min(1).optional(),
});

const submit = {
  summary: "ask for an inference without waiting for it; the same id is the same job",
  body: jobRequestSchema.extend({ id: z.string().optional() }),
  answers: { 202: jobAnswer },
};
const list = { summary: "jobs, newest first", query: listQuery, answers: { 200: jobsAnswer } };
const cancel = { summary: "cancel a job", answers: { 200: jobAnswer } };
const show = { summary: "a job as it is now", answers: { 200: jobAnswer } };
const result = { summary: "what the model of a job answered", answers: { 200: jobResultAnswer } };

type Identified = Request<{ id: string }>;

/**
 * `/v1/jobs`: inferences that nobody waits for; submitting, watching, cancelling. `GET /v1/results/{id}`: the result of
 * one, whether it was asked for here or by a message.
 */
export function createJobsRouter({ jobs, maximumRequestBytes }: JobsRouterOptions): Router {
  const router = express.Router();
  const body = jsonBody(maximumRequestBytes);

  router.post(
    "/v1/jobs",
    body,
    // The jobs check the request themselves, as that of a message.
    described(submit, async (request: Request, response: Response) => {
      const job = await jobs.submit(request.body);
      response
        .status(202)
        .location(`/v1/jobs/${encodeURIComponent(job.id)}`)
        .json(job);
    }),
  );

  router.get(
    "/v1/jobs",
    operation(list, async (_request, response, { query }) => {
      response.json(await jobs.list(query));
    }),
  );

  router.post(
    "/v1/jobs/:id\\:cancel",
    operation(cancel, async (request: Identified, response) => {
      response.json(await jobs.cancel(request.params.id));
    }),
  );

  router.get(
    "/v1/jobs/:id",
    operation(show, async (request: Identified, response) => {
      response.json(await jobs.get(request.params.id));
    }),
  );

  router.get(
    "/v1/results/:id",
    operation(result, async (request: Identified, response) => {
      response.json(await jobs.result(request.params.id));
    }),
  );

  return router;
}
