import { Router } from "express";
import { invalidInput } from "../errors.ts";
import type { Inference } from "../inference/inference.ts";
import { reportPage } from "../inference/report/report-page.ts";

const formats = ["json", "html"];

/** `GET /v1/models/{m}/report`: how a model was used and what limits it, as JSON or, where the caller prefers it, as a page. */
export function createModelReportRouter({ inference }: { inference: Pick<Inference, "report"> }): Router {
  const router = Router();
  router.get("/v1/models/:name/report", async (request, response) => {
    const { format = request.accepts(formats) || "json" } = request.query;
    if (format !== "json" && format !== "html")
      throw invalidInput("invalid-request", [{ path: "format", message: "must be json or html" }], "request");
    const report = await inference.report(request.params.name);
    response.vary("Accept");
    if (format === "json") {
      response.json(report);
      return;
    }
    response.setHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    response.type("html").send(reportPage(report));
  });
  return router;
}
