import { once } from "node:events";
import type { Response } from "express";
import { invalidInput } from "../errors.ts";
import type { RunChange } from "../workflows/run-changes.ts";

/** A line without meaning at this interval keeps proxies from closing an idle connection. */
const keepAliveMilliseconds = 15_000;

/** The id of a client's last event, from the header of that name or the query. @throws ApiError `invalid-request` (400) */
export function lastEventId(header: string | undefined, query: string | undefined): number | undefined {
  const text = header ?? query;
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw invalidInput(
    "invalid-request",
    [
      {
        path: "Last-Event-ID",
        message: `must be the id of an event of this run, not "${text.slice(0, 50)}"`,
      },
    ],
    "request",
  );
}

/** Sends changes as server-sent events until there are no more, or nobody listens. */
export async function sendEvents(
  response: Response,
  changes: AsyncIterable<RunChange>,
  gone: AbortSignal,
): Promise<void> {
  response.type("text/event-stream").set("cache-control", "no-store").flushHeaders();
  const timer = setInterval(() => response.write(":\n\n"), keepAliveMilliseconds);
  try {
    for await (const { id, event, data } of changes) {
      const isWritten = response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      if (!isWritten) await once(response, "drain", { signal: gone }).catch(() => undefined);
      if (gone.aborted) return;
    }
    response.end();
  } finally {
    clearInterval(timer);
  }
}
