import express, { type Request, type Router } from "express";
import { z } from "zod";
import { armKey } from "../routing/bandits/arm-key.ts";
import { routeNotFound, type StoredRoute } from "../routing/route-repository.ts";
import type { Routes } from "../routing/routes.ts";
import type { ServedRoute } from "../routing/served-route.ts";
import { parseWith } from "./request-problems.ts";

const person = z.string().max(200).optional();
const personQuery = z.strictObject({ person });
const promoteBody = z.strictObject({ target: z.string("must be one of the route's targets"), person });
const rollbackBody = z.strictObject({ person });
const feedbackBody = z.strictObject({
  requestId: z.string("must be the text that the header Skyloom-Decision told").min(1).max(8192),
  reward: z.number("must be a number from 0 to 1").min(0).max(1),
});

/** `/v1/routes`: what clients call as if it were a model, and `/v1/feedback`: how good the answers were. */
export function createRoutingRouter({ routes }: { routes: Routes }): Router {
  const router = express.Router();
  const body = express.json({ limit: "1mb" });

  router.get("/v1/routes", (_request, response) => {
    response.json({ routes: routes.all().map(({ stored }) => summary(stored)) });
  });

  router.get("/v1/routes/:name", (request, response) => {
    const served = routes.find(request.params.name);
    if (served === undefined) throw routeNotFound(request.params.name);
    response.json({ ...whole(served.stored), ...learnt(served) });
  });

  router.put("/v1/routes/:name", body, async (request: Request<{ name: string }>, response) => {
    const query = parseWith(personQuery, request.query, "invalid-request");
    response.json(whole(await routes.put(request.params.name, request.body, query.person)));
  });

  router.delete("/v1/routes/:name", async (request, response) => {
    await routes.delete(request.params.name);
    response.status(204).end();
  });

  router.post("/v1/routes/:name\\:promote", body, async (request: Request<{ name: string }>, response) => {
    const order = parseWith(promoteBody, request.body, "invalid-request");
    response.json(whole(await routes.promote(request.params.name, order.target, order.person)));
  });

  router.post("/v1/routes/:name\\:rollback", body, async (request: Request<{ name: string }>, response) => {
    const order = parseWith(rollbackBody, request.body, "invalid-request");
    response.json(whole(await routes.rollback(request.params.name, order.person)));
  });

  router.post("/v1/feedback", body, async (request, response) => {
    const { requestId, reward } = parseWith(feedbackBody, request.body, "invalid-request");
    response.json(await routes.reward(requestId, reward));
  });

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
