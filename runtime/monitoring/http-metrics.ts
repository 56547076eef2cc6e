import type { Request, RequestHandler } from "express";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Queue } from "../queue/queue.ts";
import { createSeriesHistogram, type Series } from "./series-histogram.ts";

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
  const duration = createSeriesHistogram<"method" | "route" | "status">({
    name: "http_request_duration_seconds",
    help: "Seconds from the request's first byte read to the response's last byte written",
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const known = new Map<string, Series>();
  const seriesOf = ({ method, route }: Request, status: number): Series => {
    // The pattern, never the address itself: names in it would make a new series each.
    const path = typeof route?.path === "string" ? route.path : "unmatched";
    const key = `${method} ${status} ${path}`;
    let series = known.get(key);
    if (series === undefined) {
      series = duration.series({ method, route: path, status });
      known.set(key, series);
    }
    return series;
  };
  return (request, response, next) => {
    const started = performance.now();
    response.on("close", () =>
      seriesOf(request, response.statusCode).observe((performance.now() - started) / 1000),
    );
    next();
  };
}
