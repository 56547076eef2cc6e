import type { RequestHandler } from "express";
import { z } from "zod";
import { operationOf } from "../../../runtime/routes/openapi/operation.ts";

/**
 * Before the routers under test: a JSON answer that is not what its route's operation says, or an operation without
 * such an answer, makes the request fail with what differs.
 */
export const checkedAnswers: RequestHandler = (request, response, next) => {
  const json = response.json.bind(response);
  response.json = (body) => {
    const problem =
      response.statusCode < 400 ? differenceOf(request.route, response.statusCode, body) : undefined;
    if (problem === undefined) return json(body);
    response.status(500);
    return json({ error: problem, code: "answer-not-as-described", problems: [] });
  };
  next();
};

interface MatchedRoute {
  path: string;
  stack: { handle: object }[];
}

function differenceOf(route: MatchedRoute | undefined, status: number, body: unknown): string | undefined {
  const described = route?.stack.flatMap(({ handle }) => operationOf(handle) ?? [])[0];
  if (described === undefined) return `${route?.path} has no operation`;
  const answer = described.answers[status];
  if (!(answer instanceof z.ZodType)) return `${route?.path} does not say what it answers with ${status}`;
  const { error } = answer.safeParse(JSON.parse(JSON.stringify(body)));
  return error === undefined ? undefined : `${route?.path}: ${z.prettifyError(error)}`;
}
