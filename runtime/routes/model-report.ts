import { type Request, Router } from "express";
import { z } from "zod";
import type { Inference } from "../inference/inference.ts";
import { reportPage } from "../inference/report/report-page.ts";
import { modelReportAnswer } from "./answers/inference-answer.ts";
import { operation } from "./openapi/operation.ts";

const formats = ["json", "html"] as const;

const show = {
  summary: "how a model was used and what limits it; as a page with format=html",
  query: z.strictObject({ format: z.enum(formats, "must be json or html").optional() }),
  answers: { 200: modelReportAnswer },
};

/** `GET /v1/models/{m}/report`: how a model was used and what limits it, as JSON or, where the caller prefers it, as a page. */
export function createModelReportRouter({ inference }: { inference: Pick<Inference, "report"> }): Router {
  const router = Router();
  router.get(
    "/v1/models/:name/report",
    operation(show, async (request: Request<{ name: string }>, response, { query }) => {
      const { format = request.accepts([...formats]) || "json" } = query;
      const report = await inference.report(request.params.name);
      response.vary("Accept");
      if (format === "json") {
        response.json(report);
        return;
      }
      response.setHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
      response.type("html").send(reportPage(report));
    }),
  );
  return router;
}
