import {
  type Attributes,
  context,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { ApiError, errorMessage } from "../errors.ts";

/*
 * Spans of what a request does. Without start-tracing.ts there is no active span, and all of this does nothing.
 */

/** Not kept: one that was taken before a start belongs to none. */
const tracer = () => trace.getTracer("skyloom");

/** Whether what happens now belongs to a request that is traced. */
export function isTraced(): boolean {
  return trace.getActiveSpan()?.isRecording() === true;
}

/** Tells more of the active span. */
export function annotate(attributes: Attributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}

/** A span that is over already, below `parent` or the active one; in milliseconds of performance.now(). */
export function recordSpan(
  name: string,
  [from, to]: [from: number, to: number],
  attributes: Attributes = {},
  parent?: Span,
): Span {
  const below = parent === undefined ? context.active() : trace.setSpan(context.active(), parent);
  const origin = performance.timeOrigin;
  const span = tracer().startSpan(name, { startTime: origin + from, attributes }, below);
  span.end(origin + Math.max(from, to));
  return span;
}

/** Runs the action in a span of its own, where one is active; what it throws is told by the span too. */
export async function inSpan<Result>(
  name: string,
  options: SpanOptions,
  action: () => Promise<Result>,
): Promise<Result> {
  if (!isTraced()) return action();
  return tracer().startActiveSpan(name, options, async (span) => {
    try {
      return await action();
    } catch (error) {
      failSpan(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

export function failSpan(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: errorMessage(error) });
  span.setAttribute("error.type", error instanceof ApiError ? error.code : "internal");
}
