import type { Request, RequestHandler, Response } from "express";
import { z } from "zod";
import { parseWith } from "../request-problems.ts";

/** What one route takes and answers. The request is held to it, and the OpenAPI document is made of it. */
export interface Operation<Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> {
  /** One line: what it does. */
  summary: string;
  /** Query parameters, an object. Default: none. */
  query?: Query;
  /** The body as JSON. Default: none. */
  body?: Body;
  /** A body that is read by the handler itself: its media type. */
  bodyType?: string;
  /** Status to what is answered: the schema of the JSON, the media type of something else, or `empty`. */
  answers: Record<number, z.ZodType | `${string}/${string}` | "empty">;
}

type Parsed<Schema extends z.ZodType> = z.ZodType extends Schema ? unknown : z.infer<Schema>;

const operations = new WeakMap<object, Operation>();

/**
 * A route's handler with what it takes and answers beside it: it gets query and body checked.
 * @throws ApiError `invalid-request` (400) with every problem, before the handler is called
 */
export function operation<Query extends z.ZodType, Body extends z.ZodType, Params>(
  description: Operation<Query, Body>,
  handle: (
    request: Request<Params>,
    response: Response,
    input: { query: Parsed<Query>; body: Parsed<Body> },
  ) => void | Promise<void>,
): RequestHandler<Params> {
  const { query, body } = description;
  const handler: RequestHandler<Params> = (request, response) =>
    handle(request, response, {
      query: (query && parseWith(query, request.query, "invalid-request")) as Parsed<Query>,
      body: (body && parseWith(body, request.body, "invalid-request")) as Parsed<Body>,
    });
  return described(description, handler);
}

/** The same for a handler that reads its request itself. */
export function described<Handler extends object>(description: Operation, handler: Handler): Handler {
  operations.set(handler, description);
  return handler;
}

export function operationOf(handler: object): Operation | undefined {
  return operations.get(handler);
}

/** A list's page, as every list takes it. */
export const pageQuery = {
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
  pageToken: z.string().min(1).optional(),
};
