import type { Router } from "express";
import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { errorAnswer } from "../answers/error-answer.ts";
import type { Operation } from "./operation.ts";
import { type DescribedRoute, routesOf } from "./routes-of.ts";

/** The OpenAPI 3.1 document of the routers, made of the schemas that their routes check requests with. */
export function openApiDocument(routers: Router[], version: string): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routesOf(routers)) {
    if (route.operation === undefined) continue;
    paths[route.path] ??= {};
    (paths[route.path] as Record<string, ZodOpenApiOperationObject>)[route.method] = operationObject(
      route,
      route.operation,
    );
  }
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "Skyloom",
      version,
      description:
        "Models, workflows, runs and messages. Every error is `{error, code, problems}`; lists are paged by `pageSize` and `pageToken`; times are RFC 3339 in UTC, durations seconds, sizes bytes.",
    },
    security: [{}, { token: [] }],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    paths: paths as ZodOpenApiPathsObject,
  });
}

function operationObject(route: DescribedRoute, operation: Operation): ZodOpenApiOperationObject {
  const { summary, query, body, bodyType, answers } = operation;
  const path = z.object(Object.fromEntries(route.parameters.map((name) => [name, z.string()])));
  return {
    summary,
    tags: [route.path.split("/")[2]?.split(":")[0] ?? ""],
    requestParams: {
      ...(route.parameters.length > 0 && { path }),
      ...(query !== undefined && { query: query as z.ZodObject }),
    },
    ...(body !== undefined && { requestBody: { content: { "application/json": { schema: body } } } }),
    ...(bodyType !== undefined && {
      requestBody: { content: { [bodyType]: { schema: { type: "string" as const } } } },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, response(answer)])),
      default: {
        description: "what is wrong, and where",
        content: { "application/json": { schema: errorAnswer } },
      },
    },
  };
}

function response(answer: Operation["answers"][number]) {
  if (answer === "empty") return { description: "done" };
  if (typeof answer === "string")
    return { description: "the text", content: { [answer]: { schema: { type: "string" as const } } } };
  return {
    description: answer.description ?? "the answer",
    content: { "application/json": { schema: answer } },
  };
}
