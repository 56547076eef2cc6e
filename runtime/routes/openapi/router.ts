import { Router } from "express";
import { z } from "zod";
import { openApiDocument } from "./document.ts";
import { operation } from "./operation.ts";

const show = {
  summary: "this document",
  answers: { 200: z.looseObject({ openapi: z.string() }) },
};

/** `GET /v1/openapi.json`: the OpenAPI 3.1 document of the routers and of itself. */
export function createOpenApiRouter(routers: Router[], version: string): Router {
  const router = Router();
  let document: object | undefined;
  router.get(
    "/v1/openapi.json",
    operation(show, (_request, response) => {
      document ??= openApiDocument([...routers, router], version);
      response.json(document);
    }),
  );
  return router;
}
