import { ApiError, errorMessage, notFound } from "../errors.ts";
import { listAll } from "../object-store/list-all.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { armKey } from "./bandits/arm-key.ts";
import { createLearner, type Learner } from "./bandits/learner.ts";
import { createDecisionIds, type Decision, type DecisionIds, sharedSigningKey } from "./decision-ids.ts";
import { createDecisionsByRequest } from "./decisions-by-request.ts";
import { createGivenRewards } from "./given-rewards.ts";
import type { BanditRoute } from "./route.ts";
import { routesPrefix, stateKey } from "./route-keys.ts";
import { createRouteRepository, type StoredRoute } from "./route-repository.ts";
import type { RoutingMetrics } from "./routing-metrics.ts";
import { createServedRoute, type ServedRoute } from "./served-route.ts";

export interface RoutesOptions {
  store: ObjectStore;
  metrics: RoutingMetrics;
  /** A pino logger fits. Default: silent. */
  logger?: { warn(details: object, message: string): void };
  /** How often the bucket is asked for changes, in seconds. Default 0.8, so that each is there within a second. */
  checkSeconds?: number;
  /**
   * How long a reward for a request that no replica knows waits for one that may have answered just now, in seconds.
   * Default 1.2: longer than a replica takes to write its decisions.
   */
  decisionWaitSeconds?: number;
  /** Milliseconds since 1970. Default Date.now. */
  now?: () => number;
  /** From 0 up to 1. Default Math.random. */
  random?: () => number;
}

/** All routes as this replica serves them. */
export interface Routes {
  /** From memory: costs a request that calls a model nothing. */
  find(name: string): ServedRoute | undefined;
  all(): ServedRoute[];
  /** Looks at the bucket now, and writes there what others are to know. */
  refresh(): Promise<void>;
  put(name: string, document: unknown, person?: string): Promise<StoredRoute>;
  promote(name: string, target: string, person?: string): Promise<StoredRoute>;
  rollback(name: string, person?: string): Promise<StoredRoute>;
  delete(name: string): Promise<void>;
  /** What a client gives back to reward the target; undefined where the route takes no rewards. */
  decisionFor(route: ServedRoute, target: string, features: number[] | undefined): string | undefined;
  /** Lets a reward name the decision by the client's own id, at every replica. */
  remember(clientId: string, decision: string): void;
  /**
   * @param requestId a decision, or the id that the client gave its request
   * @throws ApiError `decision-not-found` (404) where it is unknown or expired, `reward-already-given` (409)
   */
  reward(requestId: string, reward: number): Promise<{ route: string; target: string }>;
  /** Writes what was learnt. */
  close(): Promise<void>;
}

const sweepMilliseconds = 3600 * 1000;

/** Close it, or the process does not end. */
export function createRoutes(options: RoutesOptions): Routes {
  const { store, metrics, logger, now = Date.now, random = Math.random } = options;
  const repository = createRouteRepository(store, now);
  const given = createGivenRewards(store, now);
  const served = new Map<string, ServedRoute>();
  const learners = new Map<string, Learner>();
  /** Etags of documents that cannot be read, by name: told once. */
  const broken = new Map<string, string>();
  const byRequest = createDecisionsByRequest({ store, waitSeconds: options.decisionWaitSeconds ?? 1.2, now });
  let ids: DecisionIds | undefined;
  let refreshing: Promise<void> | undefined;
  let sweptAt = now();

  async function listObjects(): Promise<Map<string, string>> {
    const etags = new Map<string, string>();
    for await (const { key, etag } of listAll(store, routesPrefix)) etags.set(key, etag);
    return etags;
  }

  async function serve(name: string, etag: string): Promise<void> {
    if (served.get(name)?.stored.etag === etag || broken.get(name) === etag) return;
    try {
      const stored = await repository.read(name);
      if (stored === undefined) return;
      const isBandit = stored.history.at(-1)?.route.kind === "bandit";
      if (isBandit) ids ??= createDecisionIds(await sharedSigningKey(store), now);
      if (isBandit && !learners.has(name)) learners.set(name, createLearner(store, stateKey(name)));
      served.set(name, createServedRoute(stored, { learner: learners.get(name), random, now }));
      broken.delete(name);
    } catch (error) {
      // A bucket that cannot be read now is asked again.
      if (error instanceof ApiError && error.code === "route-corrupt") broken.set(name, etag);
      logger?.warn({ err: error, route: name }, "route not taken over");
    }
  }

  async function refreshNow(): Promise<void> {
    await Promise.all([takeOver(), writeDecisions()]);
    if (now() - sweptAt < sweepMilliseconds) return;
    sweptAt = now();
    for (const { stored, route } of bandits()) await given.sweep(stored.name, route.rewardSeconds);
    await byRequest.sweep();
  }

  async function takeOver(): Promise<void> {
    const etags = await listObjects();
    const names = [...etags.keys()].flatMap((key) => /^routes\/([^/]+)\.json$/.exec(key)?.[1] ?? []);
    for (const name of served.keys())
      if (!names.includes(name)) {
        served.delete(name);
        learners.delete(name);
      }
    for (const name of names) await serve(name, etags.get(`${routesPrefix}${name}.json`) as string);
    await synchronise(etags);
  }

  async function writeDecisions(): Promise<void> {
    await byRequest
      .write()
      .catch((error) => logger?.warn({ reason: errorMessage(error) }, "decisions not written yet"));
  }

  async function synchronise(etags: Map<string, string>): Promise<void> {
    for (const { stored, route, learner } of bandits())
      await learner
        ?.synchronise(route.discount, etags.get(stateKey(stored.name)))
        .catch((error) =>
          logger?.warn({ route: stored.name, reason: errorMessage(error) }, "rewards not written yet"),
        );
  }

  function bandits() {
    return [...served.values()].flatMap((entry) => {
      const { route } = entry.serving;
      return route.kind === "bandit" ? [{ ...entry, route }] : [];
    });
  }

  function refresh(): Promise<void> {
    refreshing ??= refreshNow().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  /** One under way may have listed the bucket before a change. */
  async function refreshAnew(): Promise<void> {
    await refreshing?.catch(() => undefined);
    await refresh();
  }

  async function changed<Result>(change: Promise<Result>): Promise<Result> {
    const result = await change;
    await refreshAnew();
    return result;
  }

  async function decisionOf(requestId: string): Promise<Decision | undefined> {
    // The first bandit may be another replica's of a moment ago; so may be the one that decided.
    if (ids === undefined) await refreshAnew();
    if (ids === undefined) return undefined;
    const decision = ids.verify(requestId) ?? ids.verify((await byRequest.find(requestId)) ?? "");
    if (decision !== undefined && !served.has(decision.route)) await refreshAnew();
    return decision;
  }

  // A bucket that cannot be read now must not take away what serves.
  const check = setInterval(() => refresh().catch(() => undefined), (options.checkSeconds ?? 0.8) * 1000);
  check.unref();

  return {
    find: (name) => served.get(name),
    all: () => [...served.values()].sort((a, b) => (a.stored.name < b.stored.name ? -1 : 1)),
    refresh,
    put: (name, document, person) => changed(repository.put(name, document, person)),
    promote: (name, target, person) => changed(repository.promote(name, target, person)),
    rollback: (name, person) => changed(repository.rollback(name, person)),
    delete: (name) => changed(repository.delete(name)),
    decisionFor({ stored, serving }, target, features) {
      if (serving.route.kind !== "bandit") return undefined;
      return ids?.sign({ route: stored.name, arm: armKey(serving.route, target), features });
    },
    remember: byRequest.remember,
    async reward(requestId, reward) {
      const decision = await decisionOf(requestId);
      const entry = decision === undefined ? undefined : served.get(decision.route);
      if (decision === undefined || entry?.learner === undefined) throw decisionNotFound();
      const { route } = entry.serving;
      if (route.kind !== "bandit" || now() - decision.at > route.rewardSeconds * 1000)
        throw decisionNotFound();
      const target = targetOf(route, decision.arm);
      if (target === undefined) throw decisionNotFound();
      if (entry.learner.isFull())
        throw new ApiError("too many rewards wait for the bucket, which takes none now", {
          status: 503,
          code: "overloaded",
        });
      await given.claim(decision.route, decision.id);
      entry.learner.add({ arm: decision.arm, reward, features: decision.features }, route.discount);
      metrics.rewarded(decision.route, target, reward);
      return { route: decision.route, target };
    },
    async close() {
      clearInterval(check);
      await refreshing?.catch(() => undefined);
      await writeDecisions();
      await synchronise(await listObjects());
    },
  };
}

function targetOf(route: BanditRoute, arm: string): string | undefined {
  return Object.keys(route.targets).find((target) => armKey(route, target) === arm);
}

function decisionNotFound() {
  return notFound(
    "decision-not-found",
    "there is no decision of this requestId that waits for a reward: it is unknown, too old, or its target was replaced; give what the header Skyloom-Decision told, or, within a day, the id that the request had",
  );
}
