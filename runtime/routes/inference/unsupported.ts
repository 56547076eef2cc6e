import type { Router } from "express";
import { ApiError } from "../../errors.ts";

/** Triton's extensions that are not served, with what to use instead. */
const unsupported: { paths: string[]; name: string; instead: string }[] = [
  {
    paths: ["/v2/systemsharedmemory{/*rest}", "/v2/cudasharedmemory{/*rest}"],
    name: "shared memory",
    instead: "send binary tensors in the request",
  },
  {
    paths: ["/v2/trace/setting", "/v2/models/:name/trace/setting"],
    name: "the trace extension",
    instead: "GET /metrics tells the time of each stage, and OTEL_EXPORTER_OTLP_ENDPOINT has traces sent",
  },
  { paths: ["/v2/logging"], name: "the logging extension", instead: "set SKYLOOM_LOG_LEVEL at the start" },
];

export function addUnsupportedRoutes(router: Router): void {
  for (const { paths, name, instead } of unsupported)
    router.all(paths, () => {
      throw new ApiError(`${name} is not supported: ${instead}`, {
        status: 501,
        code: "unsupported-extension",
        isRetryable: false,
      });
    });
}
