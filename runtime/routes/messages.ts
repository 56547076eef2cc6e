import { randomUUID } from "node:crypto";
import { type ErrorRequestHandler, Router, text } from "express";
import { ApiError, invalidInput } from "../errors.ts";
import { parseCloudEvent } from "../queue/cloud-event.ts";
import type { Queue } from "../queue/queue.ts";

export interface MessagesRouterOptions {
  queue: Pick<Queue, "limits" | "send" | "depth" | "deadLetters">;
  /** Milliseconds since 1970. Default Date.now. */
  now?: () => number;
  /** Default: a random UUID. */
  createId?: () => string;
}

/**
 * `POST /v1/messages` puts a CloudEvent on the queue (202 with its id; a missing id, time or source is filled in),
 * `GET /v1/queue` tells its depth, `GET /v1/queue/dead-letters?pageSize=` the newest dead letters.
 */
export function createMessagesRouter({
  queue,
  now = Date.now,
  createId = randomUUID,
}: MessagesRouterOptions): Router {
  const router = Router();
  const readText = text({ type: () => true, limit: queue.limits.maximumMessageBytes });

  router.post("/v1/messages", readText, async (request, response) => {
    const event = parseCloudEvent(typeof request.body === "string" ? request.body : "", {
      id: createId(),
      source: "/v1/messages",
      time: new Date(now()).toISOString(),
    });
    await queue.send(JSON.stringify(event));
    response.status(202).json({ id: event.id });
  });

  router.get("/v1/queue", async (_request, response) => {
    response.json(await queue.depth());
  });

  router.get("/v1/queue/dead-letters", async (request, response) => {
    const deadLetters = await queue.deadLetters({ limit: pageSize(request.query.pageSize) });
    response.json({ deadLetters });
  });

  router.use(translateTooLarge);
  return router;
}

function pageSize(value: unknown): number {
  if (value === undefined) return 100;
  const size = typeof value === "string" && /^\d{1,4}$/.test(value) ? Number(value) : 0;
  if (size < 1 || size > 1000)
    throw invalidInput(
      "invalid-page-size",
      [{ path: "pageSize", message: "must be an integer from 1 to 1000" }],
      "query",
    );
  return size;
}

const translateTooLarge: ErrorRequestHandler = (error, _request, _response, next) => {
  next(
    error?.type === "entity.too.large"
      ? new ApiError(
          `message is too large: the limit is ${error.limit} bytes; put the data into the bucket and its key into dataref`,
          {
            status: 413,
            code: "message-too-large",
            cause: error,
          },
        )
      : error,
  );
};
