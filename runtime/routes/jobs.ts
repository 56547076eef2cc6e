import express, { type Request, type Router } from "express";
import { z } from "zod";
import type { InferenceJobs } from "../jobs/inference-jobs.ts";
import { jobStates } from "../jobs/job.ts";
import { parseWith } from "./request-problems.ts";

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

/**
 * `/v1/jobs`: inferences that nobody waits for; submitting, watching, cancelling. `GET /v1/results/{id}`: the result of
 * one, whether it was asked for here or by a message.
 */
export function createJobsRouter({ jobs, maximumRequestBytes }: JobsRouterOptions): Router {
  const router = express.Router();
  const body = express.json({ limit: maximumRequestBytes, type: () => true });

  router.post("/v1/jobs", body, async (request, response) => {
    const job = await jobs.submit(request.body);
    response
      .status(202)
      .location(`/v1/jobs/${encodeURIComponent(job.id)}`)
      .json(job);
  });

  router.get("/v1/jobs", async (request, response) => {
    response.json(await jobs.list(parseWith(listQuery, request.query, "invalid-request")));
  });

  router.post("/v1/jobs/:id\\:cancel", async (request: Request<{ id: string }>, response) => {
    response.json(await jobs.cancel(request.params.id));
  });

  router.get("/v1/jobs/:id", async (request, response) => {
    response.json(await jobs.get(request.params.id));
  });

  router.get("/v1/results/:id", async (request, response) => {
    response.json(await jobs.result(request.params.id));
  });

  return router;
}
