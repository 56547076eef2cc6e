import { Router } from "express";
import type { InferenceJobs } from "../jobs/inference-jobs.ts";

/** `GET /v1/results/{id}`: the result of an inference that a message with this id asked for. */
export function createResultsRouter({ jobs }: { jobs: Pick<InferenceJobs, "result"> }): Router {
  const router = Router();
  router.get("/v1/results/:id", async (request, response) => {
    response.json(await jobs.result(request.params.id));
  });
  return router;
}
