import { Router } from "express";
import type { WorkflowEngine } from "../workflows/workflow-engine.ts";
import { poolsAnswer } from "./answers/pool-answer.ts";
import { operation } from "./openapi/operation.ts";

const list = {
  summary: "pools of scarce resources: what there is, which tasks hold some, which wait",
  answers: { 200: poolsAnswer },
};

/** `GET /v1/pools`. */
export function createPoolsRouter({ workflows }: { workflows: Pick<WorkflowEngine, "pools"> }): Router {
  const router = Router();
  router.get(
    "/v1/pools",
    operation(list, async (_request, response) => {
      response.json({ pools: await workflows.pools() });
    }),
  );
  return router;
}
