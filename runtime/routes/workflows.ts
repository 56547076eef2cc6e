import express, { type Router } from "express";
import { z } from "zod";
import { type ApiError, invalidInput } from "../errors.ts";
import type { WorkflowEngine } from "../workflows/engine.ts";
import { mermaid } from "../workflows/mermaid.ts";
import { parseWorkflow } from "../workflows/specification.ts";
import type { WorkflowDefinition } from "../workflows/workflow-repository.ts";
import { parseWith } from "./request-problems.ts";

const definitionBody = z.strictObject({
  specification: z.string(),
  files: z.record(z.string(), z.string()).default({}),
});
const versionQuery = z.strictObject({ version: z.coerce.number().int().min(1).optional() });

/** `/v1/workflows`: definitions and their validation. */
export function createWorkflowsRouter({ workflows }: { workflows: WorkflowEngine }): Router {
  const router = express.Router();
  const body = express.json({ limit: "8mb" });

  router.get("/v1/workflows", async (_request, response) => {
    response.json({ workflows: (await workflows.definitions.list()).map(summary) });
  });

  router.post("/v1/workflows\\:validate", body, (request, response) => {
    const { specification } = parseWith(definitionBody, request.body, "invalid-request");
    response.json(validation(specification));
  });

  router.get("/v1/workflows/:name", async (request, response) => {
    const { version } = parseWith(versionQuery, request.query, "invalid-request");
    const definition = await workflows.definitions.get(request.params.name, version);
    response.json({
      ...summary(definition),
      versions: await workflows.definitions.versions(definition.name),
      specification: definition.specification,
      files: definition.files,
      tasks: definition.workflow.order.map((name) => ({
        name,
        ...definition.workflow.tasks[name],
        dependencies: definition.workflow.dependencies[name],
      })),
      mermaid: mermaid(definition.workflow),
      warnings: definition.warnings,
    });
  });

  router.put("/v1/workflows/:name", body, async (request, response) => {
    const { specification, files } = parseWith(definitionBody, request.body, "invalid-request");
    const { workflow } = parseWorkflow(specification);
    if (workflow.name !== request.params.name)
      throw invalidInput(
        "invalid-workflow",
        [
          {
            path: "name",
            message: `is "${workflow.name}" in the specification and "${request.params.name}" in the URL`,
          },
        ],
        "workflow",
      );
    const definition = await workflows.putDefinition(specification, files);
    response.json({ ...summary(definition), warnings: definition.warnings });
  });

  return router;
}

function summary({ name, version, createdAt, workflow }: WorkflowDefinition) {
  const { description = "", inputs, outputs, triggers, concurrency } = workflow;
  return { name, version, createdAt, description, inputs, outputs, triggers, concurrency };
}

function validation(specification: string) {
  try {
    const { workflow, warnings } = parseWorkflow(specification);
    return { valid: true, name: workflow.name, problems: [], warnings, mermaid: mermaid(workflow) };
  } catch (error) {
    const { code, problems } = error as ApiError;
    if (code !== "invalid-workflow") throw error;
    return { valid: false, problems, warnings: [] };
  }
}
