import { Router } from "express";
import type { Registry } from "prom-client";
import type { Problem } from "../errors.ts";

/** Looks at one part that the runtime needs: undefined when it is usable, else what is wrong. */
export type ReadinessCheck = () => Promise<Problem | undefined>;

/** `/healthz/live` (the process answers) and `/healthz/ready` (everything it needs does); no token needed. */
export function createHealthRouter(checks: ReadinessCheck[]): Router {
  const router = Router();
  router.get("/healthz/live", (_request, response) => {
    response.json({ status: "live" });
  });
  router.get("/healthz/ready", async (_request, response) => {
    const problems = (await Promise.all(checks.map((check) => check()))).filter(
      (problem) => problem !== undefined,
    );
    if (problems.length === 0) response.json({ status: "ready" });
    else
      response.status(503).json({
        error: `not ready: ${problems.map((problem) => `${problem.path}: ${problem.message}`).join("; ")}`,
        code: "not-ready",
        problems,
      });
  });
  return router;
}

/** `/metrics` in Prometheus text form. */
export function createMetricsRouter(registry: Registry): Router {
  const router = Router();
  router.get("/metrics", async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}
