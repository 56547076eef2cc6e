import express, { type Request, type Router } from "express";
import { z } from "zod";
import { type ApiError, invalidInput } from "../errors.ts";
import { mermaid } from "../workflows/mermaid.ts";
import { parseWorkflow } from "../workflows/specification.ts";
import type { WorkflowEngine } from "../workflows/workflow-engine.ts";
import { workflowJsonSchema } from "../workflows/workflow-json-schema.ts";
import type { WorkflowDefinition } from "../workflows/workflow-repository.ts";
import {
  storedWorkflowAnswer,
  suggestionsAnswer,
  validationAnswer,
  workflowAnswer,
  workflowsAnswer,
} from "./answers/workflow-answer.ts";
import { jsonBody } from "./json-body.ts";
import { operation } from "./openapi/operation.ts";

const definitionBody = z.strictObject({
  specification: z.string(),
  files: z.record(z.string(), z.string()).default({}),
});
const versionQuery = z.strictObject({ version: z.coerce.number().int().min(1).optional() });

/** `/v1/workflows`: definitions and their validation. */
export function createWorkflowsRouter({ workflows }: { workflows: WorkflowEngine }): Router {
  const router = express.Router();
  const body = jsonBody("8mb");

  const list = { summary: "workflows, in their current versions", answers: { 200: workflowsAnswer } };
  router.get(
    "/v1/workflows",
    operation(list, async (_request, response) => {
      response.json({ workflows: (await workflows.definitions.list()).map(summary) });
    }),
  );

  const validate = {
    summary: "check a workflow file; stores nothing",
    body: definitionBody,
    answers: { 200: validationAnswer },
  };
  router.post(
    "/v1/workflows\\:validate",
    body,
    operation(validate, (_request, response, { body: { specification } }) => {
      response.json(validation(specification));
    }),
  );

  const schema = { summary: "the JSON Schema of a workflow file", answers: { 200: z.looseObject({}) } };
  router.get(
    "/v1/workflows\\:schema",
    operation(schema, (_request, response) => {
      response.json(workflowJsonSchema());
    }),
  );

  const show = {
    summary: "a workflow, in its current version or another",
    query: versionQuery,
    answers: { 200: workflowAnswer },
  };
  router.get(
    "/v1/workflows/:name",
    operation(show, async (request: Named, response, { query: { version } }) => {
      const definition = await workflows.definitions.get(request.params.name, version);
      response.json(whole(definition, await workflows.definitions.versions(definition.name)));
    }),
  );

  const suggest = {
    summary: "what past runs say about dependencies, durations and memory that the file declares",
    answers: { 200: suggestionsAnswer },
  };
  router.get(
    "/v1/workflows/:name/suggestions",
    operation(suggest, async (request: Named, response) => {
      response.json({ suggestions: await workflows.suggestions(request.params.name) });
    }),
  );

  const draw = {
    summary: "the tasks and their dependencies as a Mermaid flowchart",
    query: versionQuery,
    answers: { 200: "text/vnd.mermaid" as const },
  };
  router.get(
    "/v1/workflows/:name/mermaid",
    operation(draw, async (request: Named, response, { query: { version } }) => {
      const { workflow } = await workflows.definitions.get(request.params.name, version);
      response.type("text/vnd.mermaid").send(mermaid(workflow));
    }),
  );

  const put = {
    summary: "store a workflow; the same content keeps its version",
    body: definitionBody,
    answers: { 200: storedWorkflowAnswer },
  };
  router.put(
    "/v1/workflows/:name",
    body,
    operation(put, async (request: Named, response, { body: { specification, files } }) => {
      refuseOtherName(parseWorkflow(specification).workflow.name, request.params.name);
      const definition = await workflows.putDefinition(specification, files);
      response.json({ ...summary(definition), warnings: definition.warnings });
    }),
  );

  const remove = {
    summary:
      "make a workflow unknown: nothing starts it any more; runs under way end, and its runs stay readable",
    answers: { 204: "empty" as const },
  };
  router.delete(
    "/v1/workflows/:name",
    operation(remove, async (request: Named, response) => {
      await workflows.deleteDefinition(request.params.name);
      response.status(204).end();
    }),
  );

  return router;
}

type Named = Request<{ name: string }>;

function refuseOtherName(name: string, nameInUrl: string): void {
  if (name === nameInUrl) return;
  const message = `is "${name}" in the specification and "${nameInUrl}" in the URL`;
  throw invalidInput("invalid-workflow", [{ path: "name", message }], "workflow");
}

function whole(definition: WorkflowDefinition, versions: number[]) {
  const { workflow, specification, files, warnings } = definition;
  const tasks = workflow.order.map((name) => ({
    name,
    ...workflow.tasks[name],
    dependencies: workflow.dependencies[name],
  }));
  return {
    ...summary(definition),
    versions,
    specification,
    files,
    tasks,
    mermaid: mermaid(workflow),
    warnings,
  };
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
