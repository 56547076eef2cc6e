import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { RequestHandler } from "express";

/** Health and metrics are asked for all the time, and tell nothing of anybody's request. */
const untraced = /^\/(healthz|metrics)/;

/** A span for each request, below the caller's where it sends a `traceparent`. Only where tracing was started. */
export function traceRequests(): RequestHandler {
  const tracer = trace.getTracer("skyloom");
  return (request, response, next) => {
    if (untraced.test(request.path)) return next();
    const parent = propagation.extract(context.active(), request.headers);
    const span = tracer.startSpan(
      request.method,
      {
        kind: SpanKind.SERVER,
        attributes: {
          "http.request.method": request.method,
          "url.path": request.path,
          "url.scheme": request.protocol,
          "network.protocol.version": request.httpVersion,
        },
      },
      parent,
    );
    response.on("close", () => {
      const { statusCode } = response;
      const route = request.route?.path;
      if (typeof route === "string") {
        span.updateName(`${request.method} ${route}`);
        span.setAttribute("http.route", route);
      }
      span.setAttribute("http.response.status_code", statusCode);
      if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      if (!response.writableFinished) span.setAttribute("error.type", "client-left");
      span.end();
    });
    context.with(trace.setSpan(parent, span), next);
  };
}
