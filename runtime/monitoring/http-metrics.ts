import type { RequestHandler } from "express";
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Queue } from "../queue/queue.ts";

/** The registry behind `/metrics`, with the process's own metrics and the queue's depth at the time of the scrape. */
export function createMetricsRegistry(queue: Queue): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "skyloom_queue_messages",
    help: "Messages on the queue by state: visible, inFlight, deadLettered",
    labelNames: ["state"],
    registers: [registry],
    async collect() {
      for (const [state, count] of Object.entries(await queue.depth()))
        if (count !== undefined) this.set({ state }, count);
    },
  });
  return registry;
}

/** Measures every request by method, route pattern and status. */
export function measureRequests(registry: Registry): RequestHandler {
  const duration = new Histogram({
    name: "http_request_duration_seconds",
    help: "Seconds from the request's first byte read to the response's last byte written",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return (request, response, next) => {
    const stop = duration.startTimer();
    response.once("close", () =>
      stop({
        method: request.method,
        // The pattern, never the address itself: names in it would make a new series each.
        route: typeof request.route?.path === "string" ? request.route.path : "unmatched",
        status: response.statusCode,
      }),
    );
    next();
  };
}
