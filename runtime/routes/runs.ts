import { once } from "node:events";
import express, { type Request, type Router } from "express";
import { z } from "zod";
import { runReport } from "../monitoring/run-report.ts";
import type { WorkflowEngine } from "../workflows/engine.ts";
import { runStates } from "../workflows/run.ts";
import { bytesOf, linesOfTasks } from "../workflows/run-logs.ts";
import { parseWith } from "./request-problems.ts";

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
const cancelBody = z.strictObject({ reason: z.string().max(1000).optional() });
const approveBody = z.strictObject({
  task: z.string(),
  decision: z.string(),
  person: z.string().max(200).optional(),
  comment: z.string().max(10_000).optional(),
});

/** `/v1/runs`: starting, watching, cancelling, approving. */
export function createRunsRouter({ workflows }: { workflows: WorkflowEngine }): Router {
  const router = express.Router();
  const body = express.json({ limit: "8mb" });

  router.post("/v1/runs", body, async (request, response) => {
    const run = await workflows.startRun(parseWith(startBody, request.body, "invalid-request"));
    response.status(202).location(`/v1/runs/${run.id}`).json(run);
  });

  router.get("/v1/runs", async (request, response) => {
    response.json(await workflows.listRuns(parseWith(listQuery, request.query, "invalid-request")));
  });

  router.get("/v1/runs/:id", async (request, response) => {
    response.json(await workflows.getRun(request.params.id));
  });

  router.post("/v1/runs/:id\\:cancel", body, async (request: Request<{ id: string }>, response) => {
    const { reason } = parseWith(cancelBody, request.body, "invalid-request");
    response.json(await workflows.cancelRun(request.params.id, reason));
  });

  router.post("/v1/runs/:id\\:approve", body, async (request: Request<{ id: string }>, response) => {
    const answer = parseWith(approveBody, request.body, "invalid-request");
    response.json(await workflows.approve(request.params.id, answer));
  });

  // Plain text, in chunks as it comes. Of all tasks: whole lines, each after its task's name.
  router.get("/v1/runs/:id/logs", async (request, response) => {
    const query = parseWith(logsQuery, request.query, "invalid-request");
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
  });

  router.get("/v1/runs/:id/report", async (request, response) => {
    const run = await workflows.getRun(request.params.id);
    const markdown = (await workflows.writtenReport(run.id)) ?? runReport(run);
    response.type("text/markdown").send(markdown);
  });

  return router;
}
