import type { Router } from "express";
import type { Inference } from "../inference/inference.ts";
import type { InferenceJobs } from "../jobs/inference-jobs.ts";
import type { Queue } from "../queue/queue.ts";
import type { Routes } from "../routing/routes.ts";
import type { CatalogueRepository } from "../workflows/composition/catalogue-repository.ts";
import type { WorkflowEngine } from "../workflows/workflow-engine.ts";
import { createCatalogueRouter } from "./catalogue.ts";
import { createInferenceRouter } from "./inference.ts";
import { createJobsRouter } from "./jobs.ts";
import { createMessagesRouter } from "./messages.ts";
import { createModelReportRouter } from "./model-report.ts";
import { createModelsRouter, type ModelsRouterOptions } from "./models.ts";
import { createOpenApiRouter } from "./openapi/router.ts";
import { createPlansRouter } from "./plans.ts";
import { createPoolsRouter } from "./pools.ts";
import { createRoutingRouter } from "./routing.ts";
import { createRunsRouter } from "./runs.ts";
import { createSchedulesRouter } from "./schedules.ts";
import { createWorkflowsRouter } from "./workflows.ts";

/** What the routes call. */
export interface RoutedParts extends ModelsRouterOptions {
  inference: Inference;
  queue: Queue;
  jobs: InferenceJobs;
  workflows: WorkflowEngine;
  catalogues: CatalogueRepository;
  routes: Routes;
  /** The server's version. */
  version: string;
}

/** Every router behind the token, and the one that describes them. */
export function createRouters(parts: RoutedParts): Router[] {
  const { inference, queue, jobs, workflows, catalogues, routes, version } = parts;
  const { store, outbound, modelSigner } = parts;
  const routers = [
    createInferenceRouter({ inference, name: "skyloom", version }),
    createModelsRouter({ store, outbound, modelSigner }),
    createModelReportRouter({ inference }),
    createMessagesRouter({ queue }),
    createJobsRouter({ jobs, maximumRequestBytes: queue.limits.maximumMessageBytes }),
    createWorkflowsRouter({ workflows }),
    createCatalogueRouter({ catalogues }),
    createRunsRouter({ workflows }),
    createPoolsRouter({ workflows }),
    createSchedulesRouter({ workflows }),
    createPlansRouter({ workflows }),
    createRoutingRouter({ routes }),
  ];
  return [...routers, createOpenApiRouter(routers, version)];
}
