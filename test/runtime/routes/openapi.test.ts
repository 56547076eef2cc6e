import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import express from "express";
import { createRouters, type RoutedParts } from "../../../runtime/routes/create-routers.ts";
import { openApiDocument } from "../../../runtime/routes/openapi/document.ts";
import { operation } from "../../../runtime/routes/openapi/operation.ts";
import { routesOf } from "../../../runtime/routes/openapi/routes-of.ts";

/** The routes are looked at, none of them is called: no part is asked for more than the one limit. */
const parts = { version: "1.2.3", workflows: {}, queue: { limits: { maximumMessageBytes: 1 } } };
const routers = () => createRouters(parts as RoutedParts);

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { parameters?: { in: string; name: string }[] }>>;
  components: { schemas: Record<string, object> };
}

describe("OpenAPI document", () => {
  it("has every route of the runtime", () => {
    const lacking = routesOf(routers()).filter((route) => route.operation === undefined);
    assert.deepEqual(
      lacking.map(({ method, path }) => `${method} ${path}`),
      [],
    );
    const { paths } = openApiDocument(routers(), "1.2.3") as Document;
    for (const { method, path } of routesOf(routers()))
      assert(paths[path]?.[method] !== undefined, `${method} ${path}`);
    assert(paths["/v1/openapi.json"]?.get !== undefined);
    assert(paths["/v1/runs/{id}:cancel"]?.post !== undefined);
  });

  it("is valid OpenAPI 3.1", async () => {
    const document = JSON.parse(JSON.stringify(openApiDocument(routers(), "1.2.3")));
    const { valid, errors } = await new Validator().validate(document);
    assert(valid, JSON.stringify(errors, null, 1));
    assert.equal(document.openapi, "3.1.0");
  });

  it("tells parameters of the path and of the query", () => {
    const { paths } = openApiDocument(routers(), "1") as Document;
    const { parameters = [] } = paths["/v1/workflows/{name}"]?.get ?? {};
    assert.deepEqual(
      parameters.map((one) => [one.in, one.name]),
      [
        ["path", "name"],
        ["query", "version"],
      ],
    );
  });

  it("does not hide a route without operation", () => {
    const router = express.Router();
    router.get("/v1/forgotten/:id", (_request, response) => void response.end());
    router.post(
      "/v1/known\\:act",
      operation({ summary: "acts", answers: { 204: "empty" } }, () => undefined),
    );
    assert.deepEqual(
      routesOf([router]).map(({ method, path, operation: known }) => [method, path, known?.summary]),
      [
        ["get", "/v1/forgotten/{id}", undefined],
        ["post", "/v1/known:act", "acts"],
      ],
    );
  });
});
