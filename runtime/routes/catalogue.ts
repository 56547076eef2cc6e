import express, { type Request, type Router } from "express";
import { z } from "zod";
import { invalidInput } from "../errors.ts";
import { parseCatalogue } from "../workflows/composition/catalogue.ts";
import type { CatalogueRepository } from "../workflows/composition/catalogue-repository.ts";
import { type Composition, compose } from "../workflows/composition/compose.ts";
import { joinFiles } from "../workflows/composition/join-files.ts";
import { mermaid } from "../workflows/mermaid.ts";
import { name as nameSchema } from "../workflows/schema-parts.ts";
import { parseWorkflow } from "../workflows/specification.ts";
import { catalogueAnswer, cataloguesAnswer, compositionAnswer } from "./answers/catalogue-answer.ts";
import { jsonBody } from "./json-body.ts";
import { operation } from "./openapi/operation.ts";

const files = z
  .record(z.string(), z.string())
  .default({})
  .describe("what the tasks' scripts need, path to text");
const catalogueBody = z.strictObject({ specification: z.string(), files });
const composeBody = z
  .strictObject({
    goal: z.array(nameSchema).min(1).max(100).describe("artifacts wanted"),
    catalogue: z.string().optional().describe("a catalogue file"),
    files,
    catalogues: z.array(nameSchema).max(20).default([]).describe("names of stored catalogues"),
    name: nameSchema.optional().describe("of the workflow; default composed"),
  })
  .refine(({ catalogue, catalogues }) => catalogue !== undefined || catalogues.length > 0, {
    path: ["catalogue"],
    message: "is required where no catalogues are named",
  });

const list = { summary: "names of the stored catalogues", answers: { 200: cataloguesAnswer } };
const show = { summary: "a catalogue of tasks", answers: { 200: catalogueAnswer } };
const put = { summary: "store a catalogue of tasks", body: catalogueBody, answers: { 200: catalogueAnswer } };
const composeWorkflow = {
  summary: "the smallest workflow of a catalogue's tasks that yields the artifacts wanted; stores nothing",
  body: composeBody,
  answers: { 200: compositionAnswer },
};

/** `/v1/catalogue`: tasks to compose workflows of; `POST /v1/workflows:compose`. */
export function createCatalogueRouter({ catalogues }: { catalogues: CatalogueRepository }): Router {
  const router = express.Router();
  const body = jsonBody("8mb");

  router.get(
    "/v1/catalogue",
    operation(list, async (_request, response) => {
      response.json({ catalogues: await catalogues.list() });
    }),
  );

  router.get(
    "/v1/catalogue/:name",
    operation(show, async (request: Named, response) => {
      const { catalogue: _parsed, ...stored } = await catalogues.get(request.params.name);
      response.json(stored);
    }),
  );

  router.put(
    "/v1/catalogue/:name",
    body,
    operation(put, async (request: Named, response, { body }) => {
      const { error } = nameSchema.safeParse(request.params.name);
      if (error !== undefined)
        throw invalidInput(
          "invalid-request",
          [{ path: "name", message: error.issues[0]?.message ?? "" }],
          "request",
        );
      response.json(await catalogues.put(request.params.name, body.specification, body.files));
    }),
  );

  router.post(
    "/v1/workflows\\:compose",
    body,
    operation(
      composeWorkflow,
      async (_request, response, { body: { catalogue, catalogues: names, files: own, ...request } }) => {
        const stored = await Promise.all(names.map((name) => catalogues.get(name)));
        const given = catalogue === undefined ? [] : [parseCatalogue(catalogue)];
        const all = [...given, ...stored.map((one) => one.catalogue)];
        const joined = joinFiles([own, ...stored.map((one) => one.files)]);
        response.json(composed(compose(all, request), joined));
      },
    ),
  );

  return router;
}

type Named = Request<{ name: string }>;

function composed(composition: Composition, joined: Record<string, string>) {
  const { workflow, warnings } = parseWorkflow(composition.specification);
  return { ...composition, files: joined, warnings, mermaid: mermaid(workflow) };
}
