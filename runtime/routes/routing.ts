import express, { type Request, type Response, type Router } from "express";
import { z } from "zod";
import { armKey } from "../routing/bandits/arm-key.ts";
import { routeSchema } from "../routing/route.ts";
import { routeNotFound, type StoredRoute } from "../routing/route-repository.ts";
import type { Routes } from "../routing/routes.ts";
import type { ServedRoute } from "../routing/served-route.ts";
import { routeAnswer, routesAnswer } from "./answers/route-answer.ts";
import { jsonBody } from "./json-body.ts";
import { described, operation } from "./openapi/operation.ts";
import { parseWith } from "./request-problems.ts";

const person = z.string().max(200).optional();
const personQuery = z.strictObject({ person });
const promoteBody = z.strictObject({ target: z.string("must be one of the route's targets"), person });
const rollbackBody = z.strictObject({ person });
const feedbackBody = z.strictObject({
  requestId: z
    .string("must be what the header Skyloom-Decision told, or the id that the request had")
    .min(1)
    .max(8192),
  reward: z.number("must be a number from 0 to 1").min(0).max(1),
});

const list = { summary: "routes", answers: { 200: routesAnswer } };
const show = { summary: "a route, its history and what it learnt", answers: { 200: routeAnswer } };
const put = {
  summary: "store a route",
  query: personQuery,
  body: routeSchema,
  answers: { 200: routeAnswer },
};
const remove = { summary: "delete a route", answers: { 204: "empty" as const } };
const promote = {
  summary: "send everything to one target",
  body: promoteBody,
  answers: { 200: routeAnswer },
};
const rollback = { summary: "take the last change back", body: rollbackBody, answers: { 200: routeAnswer } };
const feedback = {
  summary: "say how good an answer was",
  body: feedbackBody,
  answers: { 200: z.looseObject({}) },
};
type Named = Request<{ name: string }>;

/** `/v1/routes`: what clients call as if it were a model, and `/v1/feedback`: how good the answers were. */
export function createRoutingRouter({ routes }: { routes: Routes }): Router {
  const router = express.Router();
  const body = jsonBody("1mb");

  router.get(
    "/v1/routes",
    operation(list, (_request, response) => {
      response.json({ routes: routes.all().map(({ stored }) => summary(stored)) });
    }),
  );

  router.get(
    "/v1/routes/:name",
    operation(show, (request: Named, response) => {
      const served = routes.find(request.params.name);
      if (served === undefined) throw routeNotFound(request.params.name);
      response.json({ ...whole(served.stored), ...learnt(served) });
    }),
  );

  router.put(
    "/v1/routes/:name",
    body,
    // The repository checks the route itself, together with its name.
    described(put, async (request: Named, response: Response) => {
      const query = parseWith(personQuery, request.query, "invalid-request");
      response.json(whole(await routes.put(request.params.name, request.body, query.person)));
    }),
  );

  router.delete(
    "/v1/routes/:name",
    operation(remove, async (request: Named, response) => {
      await routes.delete(request.params.name);
      response.status(204).end();
    }),
  );

  router.post(
    "/v1/routes/:name\\:promote",
    body,
    operation(promote, async (request: Named, response, { body: order }) => {
      response.json(whole(await routes.promote(request.params.name, order.target, order.person)));
    }),
  );

  router.post(
    "/v1/routes/:name\\:rollback",
    body,
    operation(rollback, async (request: Named, response, { body: order }) => {
      response.json(whole(await routes.rollback(request.params.name, order.person)));
    }),
  );

  router.post(
    "/v1/feedback",
    body,
    operation(feedback, async (_request, response, { body: { requestId, reward } }) => {
      response.json(await routes.reward(requestId, reward));
    }),
  );

  return router;
}

function summary({ name, history }: StoredRoute) {
  const { revision, at, route, promoted } = history.at(-1) ?? {};
  return { name, revision, changedAt: at, kind: route?.kind, promoted };
}

function whole(stored: StoredRoute) {
  const history = stored.history.map(({ route: _route, before: _before, ...told }) => told);
  return { ...summary(stored), route: stored.history.at(-1)?.route, history: history.reverse() };
}

/** Of bandits: the rewards of each target, old ones discounted, as this replica knows them. */
function learnt({ serving: { route }, learner }: ServedRoute) {
  if (route.kind !== "bandit" || learner === undefined) return {};
  const rewards = Object.keys(route.targets).map((target) => {
    const { count, sum } = learner.statistics(armKey(route, target));
    return [target, { count, mean: count === 0 ? null : sum / count }];
  });
  return { rewards: Object.fromEntries(rewards) };
}
