import { context, propagation, trace } from "@opentelemetry/api";

export interface Tracing {
  /** Sends what was not sent yet. */
  stop(): Promise<void>;
}

/**
 * Sends traces by OTLP over HTTP, as the standard variables of OpenTelemetry say: OTEL_EXPORTER_OTLP_ENDPOINT (or
 * …_TRACES_ENDPOINT), OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER and
 * so on. Undefined, with nothing loaded, where neither endpoint is set, or OTEL_SDK_DISABLED is true.
 */
export async function startTracing(version: string): Promise<Tracing | undefined> {
  const { env } = process;
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint || env.OTEL_SDK_DISABLED === "true" || env.OTEL_TRACES_EXPORTER === "none") return undefined;
  const [{ BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }, resources] = await Promise.all([
    import("@opentelemetry/sdk-trace-node"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/resources"),
  ]);
  const own = resources.resourceFromAttributes({
    "service.name": "skyloom-runtime",
    "service.version": version,
  });
  const detected = resources.detectResources({ detectors: [resources.envDetector] });
  const provider = new NodeTracerProvider({
    resource: own.merge(detected),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  // Takes and gives W3C traceparent; the active span follows promises and callbacks.
  provider.register();
  return {
    async stop() {
      // A collector that does not answer must not hold up a stop.
      await provider.shutdown().catch(() => undefined);
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
