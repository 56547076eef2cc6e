import { randomUUID } from "node:crypto";
import { type ErrorRequestHandler, Router, text } from "express";
import { z } from "zod";
import { ApiError } from "../errors.ts";
import { parseCloudEvent } from "../queue/cloud-event.ts";
import type { Queue } from "../queue/queue.ts";
import { operation } from "./openapi/operation.ts";

export interface MessagesRouterOptions {
  queue: Pick<Queue, "limits" | "send" | "depth" | "deadLetters">;
  /** Milliseconds since 1970. Default Date.now. */
  now?: () => number;
  /** Default: a random UUID. */
  createId?: () => string;
}

const deadLettersQuery = z.strictObject({
  pageSize: z.coerce
    .number()
    .int()
    .min(1, "must be an integer from 1 to 1000")
    .max(1000, "must be an integer from 1 to 1000")
    .default(100),
});
const count = z.int().optional();
const depthAnswer = z.object({ visible: count, inFlight: count, deadLettered: count });
const deadLetter = z.object({
  id: z.string(),
  body: z.string(),
  deliveryCount: z.int(),
  reason: z.string(),
  enqueuedAt: z.iso.datetime(),
  deadLetteredAt: z.iso.datetime(),
});
const send = {
  summary:
    "put a CloudEvent on the queue; its type chooses the workflow or the job, its id makes it idempotent",
  bodyType: "application/cloudevents+json",
  answers: { 202: z.object({ id: z.string() }) },
};
const depth = { summary: "how many messages the queue holds", answers: { 200: depthAnswer } };
const deadLetters = {
  summary: "messages that were given up, newest first",
  query: deadLettersQuery,
  answers: { 200: z.object({ deadLetters: z.array(deadLetter) }) },
};

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

  router.post(
    "/v1/messages",
    readText,
    operation(send, async (request, response) => {
      const event = parseCloudEvent(typeof request.body === "string" ? request.body : "", {
        id: createId(),
        source: "/v1/messages",
        time: new Date(now()).toISOString(),
      });
      await queue.send(JSON.stringify(event));
      response.status(202).json({ id: event.id });
    }),
  );

  router.get(
    "/v1/queue",
    operation(depth, async (_request, response) => {
      response.json(await queue.depth());
    }),
  );

  router.get(
    "/v1/queue/dead-letters",
    operation(deadLetters, async (_request, response, { query }) => {
      response.json({ deadLetters: await queue.deadLetters({ limit: query.pageSize }) });
    }),
  );

  router.use(translateTooLarge);
  return router;
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
