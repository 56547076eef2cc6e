import { join } from "node:path";
import { z } from "zod";
import { parseUrl } from "../../back-end-url.ts";
import { ApiError, errorMessage } from "../../errors.ts";
import { createQueue } from "../../queue/create-queue.ts";
import { readEvent, withLargeMessages } from "../../queue/large-messages.ts";
import type { Queue, QueueMessage } from "../../queue/queue.ts";
import { queueUrlForms } from "../../queue/queue-urls.ts";
import { closedObject } from "../../workflows/schema-parts.ts";
import type { CollectedData, SourceContext } from "./data-source.ts";
import { byteBudget, writeWithin } from "./write-file.ts";

export const queueSource = closedObject({
  /** A queue of its own, by a URL of queue/queue-urls.ts: the runtime's own queue starts runs. */
  url: z.string().superRefine((url, context) => {
    const result = parseUrl(url, queueUrlForms);
    for (const message of "problems" in result ? result.problems : [])
      context.addIssue({ code: "custom", message });
  }),
  /** Messages at most. */
  count: z.number().int().min(1).max(100_000).default(1000),
  /** Seconds after which what has come is enough. */
  seconds: z.number().min(0).max(86_400).default(10),
});

/** Short, so that what a lost process had comes back soon; extended while this one works. */
const maximumVisibilitySeconds = 60;
const maximumWaitSeconds = 20;

interface Taken {
  message: QueueMessage;
  /** A row as JSON. */
  line: string;
}

/**
 * Takes messages until there are `count` or `seconds` have passed. Each is a JSON object, or a CloudEvent whose data is
 * one; one that was delivered twice is a row once, by the event's source and id. They stay hidden from others while the
 * task works, and are deleted by `settle` only; a message that is no object goes back with the reason, and to dead-letter
 * in the end.
 * @throws ApiError `no-data` (503) where nothing came
 */
export async function collectFromQueue(
  { url, count, seconds }: z.infer<typeof queueSource>,
  context: SourceContext,
): Promise<CollectedData> {
  const { store, folder, maximumBytes, signal } = context;
  const queue = withLargeMessages({ queue: await createQueue(url), store });
  const visibilitySeconds = Math.min(maximumVisibilitySeconds, queue.limits.maximumVisibilitySeconds);
  const taken: Taken[] = [];
  const hold = keepHidden(queue, taken, visibilitySeconds);
  const end = async (each: (message: QueueMessage) => Promise<void>) => {
    hold.stop();
    // A receipt that is stale by now: the message is somebody else's, or comes again.
    for (const { message } of taken) await each(message).catch(() => undefined);
    await queue.close();
  };
  const abandon = (reason: string) => end(({ receipt }) => queue.release(receipt, { reason }));
  try {
    const until = performance.now() + seconds * 1000;
    while (taken.length < count && !signal.aborted) {
      const waitSeconds = Math.min(maximumWaitSeconds, Math.max(0, (until - performance.now()) / 1000));
      const maximum = Math.min(10, count - taken.length);
      const messages = await queue.receive({ maximum, waitSeconds, visibilitySeconds, signal });
      for (const message of messages) await take(message, taken, queue, context);
      if (performance.now() >= until && messages.length === 0) break;
    }
    signal.throwIfAborted();
    // Not for good: what a process that was lost had taken comes back.
    if (taken.length === 0)
      throw new ApiError(`no message came within ${seconds} s`, { status: 503, code: "no-data" });
    const file = join(folder, "0.jsonl");
    await writeWithin(linesOf(taken), file, byteBudget(maximumBytes), signal);
    return {
      files: [file],
      format: "jsonl",
      settle: () => end(({ receipt }) => queue.delete(receipt)),
      abandon,
    };
  } catch (error) {
    await abandon(errorMessage(error));
    throw error;
  }
}

async function take(
  message: QueueMessage,
  taken: Taken[],
  queue: Queue,
  { store }: SourceContext,
): Promise<void> {
  try {
    const { line } = await rowOf(message, store);
    taken.push({ message, line });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    await queue.release(message.receipt, { reason: error.message });
  }
}

async function rowOf(message: QueueMessage, store: SourceContext["store"]): Promise<{ line: string }> {
  const parsed = parseJson(message.body);
  const isEvent = typeof parsed === "object" && parsed !== null && "specversion" in parsed;
  const row = isEvent ? (await readEvent(store, message))?.data : parsed;
  if (typeof row !== "object" || row === null || Array.isArray(row))
    throw new ApiError("is no JSON object, nor a CloudEvent whose data is one", {
      status: 422,
      code: "message-not-a-row",
    });
  return { line: `${JSON.stringify(row)}\n` };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

async function* linesOf(taken: readonly Taken[]): AsyncGenerator<string> {
  const seen = new Set<string>();
  for (const { message, line } of taken) {
    const id = eventId(message);
    if (id !== undefined && seen.has(id)) continue;
    if (id !== undefined) seen.add(id);
    yield line;
  }
}

/** By which a delivery that came twice is known; a body that is no event has none. */
function eventId({ body }: QueueMessage): string | undefined {
  const { specversion, source, id } = parseJson(body) as Record<string, unknown>;
  return specversion === undefined ? undefined : JSON.stringify([source, id]);
}

/** Extends the visibility of what was taken until `stop`. */
function keepHidden(queue: Queue, taken: readonly Taken[], visibilitySeconds: number): { stop(): void } {
  let isExtending = false;
  const timer = setInterval(
    async () => {
      if (isExtending) return;
      isExtending = true;
      for (const { message } of taken)
        await queue.extend(message.receipt, visibilitySeconds).catch(() => undefined);
      isExtending = false;
    },
    (visibilitySeconds * 1000) / 3,
  );
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
