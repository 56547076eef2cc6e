import { ApiError, notFound } from "../errors.ts";
import type { Inference } from "../inference/inference.ts";
import type { InferBody } from "../inference/protocol/infer-body.ts";
import { annotate } from "../tracing/spans.ts";
import { armKey } from "./bandits/arm-key.ts";
import { outputsOf } from "./compare-answers.ts";
import { addDecision, addDecisionToBytes } from "./decision-in-answer.ts";
import { type RoutedRequest, requestOfBody, requestOfValues } from "./request-features.ts";
import { mainTarget, type Target, versionOf } from "./route.ts";
import type { Routes } from "./routes.ts";
import type { RoutingMetrics } from "./routing-metrics.ts";
import { routingReport } from "./routing-report.ts";
import type { Choice, ServedRoute } from "./served-route.ts";
import { createShadow } from "./shadow.ts";

export interface WithRoutesOptions {
  routes: Routes;
  metrics: RoutingMetrics;
  /** From 0 up to 1. Default Math.random. */
  random?: () => number;
  /** Milliseconds; only differences count. Default performance.now. */
  clock?: () => number;
}

/** How one target is asked, and what the answer is told with. */
interface Ask<Answer> {
  request: RoutedRequest;
  /** `isCopied`: the request may be asked again, so it must not be used up. */
  ask(target: Target, isCopied: boolean): Promise<Answer>;
  addDecision(answer: Answer, decision: string): { answer: Answer; id?: string };
  /** Without a caller who may go away. */
  copy(target: Target): Promise<Answer>;
}

/**
 * An inference whose models have routes beside them: whoever calls a route gets the answer of one of its targets. What
 * is no route goes straight through.
 */
export function withRoutes(inference: Inference, options: WithRoutesOptions): Inference {
  const { routes, metrics, random = Math.random, clock = () => performance.now() } = options;
  const shadow = createShadow(metrics, random);

  async function viaRoute<Answer extends Parameters<typeof outputsOf>[0]>(
    served: ServedRoute,
    version: string | undefined,
    ask: Ask<Answer>,
  ): Promise<Answer> {
    const { name } = served.stored;
    refuseVersion(name, version);
    const { route, promoted } = served.serving;
    const choice = served.choose(ask.request);
    metrics.decided(name, choice.target, choice.reason);
    const { answer, target } = await answerOf(served, choice, ask);
    annotate({
      "skyloom.route": name,
      "skyloom.route.kind": route.kind,
      "skyloom.route.target": target,
      "skyloom.route.reason": target === choice.target ? choice.reason : "error",
    });
    if (route.kind === "shadow" && promoted === undefined)
      shadow.compare(route, name, {
        primary: () => outputsOf(answer),
        shadow: async () => outputsOf(await ask.copy(targetOf(served, route.shadow))),
      });
    const decision = routes.decisionFor(served, target, choice.features);
    if (decision === undefined) return answer;
    const decided = ask.addDecision(answer, decision);
    if (decided.id !== undefined) routes.remember(decided.id, decision);
    return decided.answer;
  }

  async function answerOf<Answer>(served: ServedRoute, choice: Choice, { ask }: Ask<Answer>) {
    const { fallback } = served.serving.route;
    const { target } = choice;
    const mayFallBack = fallback !== undefined && fallback !== target;
    const isShadowed = served.serving.route.kind === "shadow";
    const started = clock();
    try {
      const answer = await ask(targetOf(served, target), mayFallBack || isShadowed);
      served.slow?.answered(target, (clock() - started) / 1000);
      return { answer, target };
    } catch (error) {
      if (isTimeout(error)) served.slow?.answered(target, (clock() - started) / 1000);
      if (!isFaultOfTarget(error)) throw error;
      metrics.failed(served.stored.name, target);
      punish(served, choice);
      if (!mayFallBack) throw error;
      metrics.decided(served.stored.name, fallback, "error");
      return { answer: await ask(targetOf(served, fallback), isShadowed), target: fallback };
    }
  }

  /** No client rewards what it never got: the failure is a reward of 0. */
  function punish({ serving: { route }, learner }: ServedRoute, { target, features }: Choice): void {
    if (route.kind !== "bandit" || learner === undefined || learner.isFull()) return;
    learner.add({ arm: armKey(route, target), reward: 0, features }, route.discount);
  }

  /** What a client asks about a route as about a model is told of its main target. */
  function ofMainTarget<Result extends object>(
    served: ServedRoute,
    version: string | undefined,
    tell: (model: string, version: string | undefined) => Promise<Result>,
  ): Promise<Result> {
    refuseVersion(served.stored.name, version);
    const target = mainTarget(served.serving.route, served.serving.promoted);
    return tell(target.model, versionOf(target));
  }

  return {
    ...inference,
    infer(name, version, request, signal) {
      const served = routes.find(name);
      if (served === undefined) return inference.infer(name, version, request, signal);
      return viaRoute(served, version, {
        request: requestOfValues(request),
        ask: (target) => inference.infer(target.model, versionOf(target), request, signal),
        addDecision,
        copy: (target) => inference.infer(target.model, versionOf(target), request),
      });
    },
    inferBody(name, version, body, signal) {
      const served = routes.find(name);
      if (served === undefined) return inference.inferBody(name, version, body, signal);
      let kept: InferBody | undefined;
      return viaRoute(served, version, {
        request: requestOfBody(body),
        ask(target, isCopied) {
          const used = kept ?? body;
          // The engine may take the buffer over.
          kept = isCopied ? { ...used, bytes: new Uint8Array(used.bytes) } : undefined;
          return inference.inferBody(target.model, versionOf(target), used, signal);
        },
        addDecision: addDecisionToBytes,
        copy: (target) => inference.inferBody(target.model, versionOf(target), kept ?? body),
      });
    },
    async metadata(name, version) {
      const served = routes.find(name);
      if (served === undefined) return inference.metadata(name, version);
      return { ...(await ofMainTarget(served, version, inference.metadata)), name, versions: [] };
    },
    async configuration(name, version) {
      const served = routes.find(name);
      if (served === undefined) return inference.configuration(name, version);
      return { ...(await ofMainTarget(served, version, inference.configuration)), name };
    },
    async report(name) {
      return { ...(await inference.report(name)), routing: await routingReport(name, { routes, metrics }) };
    },
    async ready(name, version) {
      const served = routes.find(name);
      if (served === undefined) return inference.ready(name, version);
      refuseVersion(name, version);
      const targets = Object.values(served.serving.route.targets);
      await Promise.all(targets.map((target) => inference.ready(target.model, versionOf(target))));
    },
  };
}

function targetOf({ serving }: ServedRoute, name: string): Target {
  return serving.route.targets[name] as Target;
}

function refuseVersion(route: string, version: string | undefined): void {
  if (version === undefined) return;
  throw notFound(
    "model-version-not-found",
    `${route} is a route and has no versions; call it without one, or a model with one`,
  );
}

/** The request's own; nothing can answer it any more. */
function isTimeout(error: unknown): boolean {
  return error instanceof ApiError && error.code === "request-timeout";
}

/** Not the request's own, and not the client's who went away or whose time is over. */
function isFaultOfTarget(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  if (error.code === "shutting-down" || isTimeout(error)) return false;
  return error.status >= 500 || error.code === "model-not-found" || error.code === "model-version-not-found";
}
