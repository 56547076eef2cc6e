import { ApiError, invalidInput } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import { describePlan } from "./answer/describe-plan.ts";
import type { PlanAnswer } from "./answer/plan-answer.ts";
import { lowerBound } from "./bounds/lower-bound.ts";
import type { CompiledProblem } from "./compiled-problem.ts";
import { parseAndCompileProblem } from "./parse-problem.ts";
import { priorityRules } from "./schemes/priority-rules.ts";
import { defaultStrategy, strategies } from "./strategies/strategies.ts";
import type { Strategy, StrategyOptions } from "./strategies/strategy.ts";

export interface PlanOptions extends StrategyOptions {
  /** Name of a strategy. Default: that of strategies.ts. */
  strategy?: string | undefined;
  /** Seconds for the linear relaxation that bounds what no strategy has proved; 0: none. Default 2. */
  relaxationSeconds?: number | undefined;
}

/**
 * Checks a problem, solves it with a strategy and tells everything about the plan.
 * @throws ApiError `invalid-planning-problem`, `unknown-strategy`, `unknown-rule` (400), `too-large-for-strategy`,
 * `infeasible-plan` (422)
 */
export async function makePlan(problem: unknown, options: PlanOptions = {}): Promise<PlanAnswer> {
  const { strategy: name = defaultStrategy, relaxationSeconds, ...rest } = options;
  const strategy = findStrategy(name);
  checkRule(rest.rule);
  const compiled = parseAndCompileProblem(problem);
  refuseIfUnable(strategy, compiled, rest);
  const solution = await strategy.solve(compiled, rest);
  const bound = await lowerBound(compiled, {
    known: solution,
    proven: solution.provenBound,
    relaxationSeconds,
  });
  return describePlan(compiled, solution, solution.madeBy ?? name, bound);
}

function findStrategy(name: string): Strategy {
  const strategy = Object.hasOwn(strategies, name) ? strategies[name] : undefined;
  if (strategy === undefined) throw unknownName("strategy", name, Object.keys(strategies));
  return strategy;
}

function checkRule(rule: string | undefined): void {
  if (rule !== undefined && !Object.hasOwn(priorityRules, rule))
    throw unknownName("rule", rule, Object.keys(priorityRules));
}

function unknownName(what: "strategy" | "rule", name: string, known: string[]): ApiError {
  const meant = nearestName(name, known);
  const hint = meant === undefined ? "" : `, did you mean ${meant}?`;
  return invalidInput(
    `unknown-${what}`,
    [{ path: what, message: `there is no ${what} ${name}${hint}; there are ${known.join(", ")}` }],
    "plan request",
  );
}

function refuseIfUnable(strategy: Strategy, compiled: CompiledProblem, options: StrategyOptions): void {
  const refusal = strategy.refuse?.(compiled, options);
  if (refusal === undefined) return;
  throw new ApiError(`${refusal}; choose another strategy, or auto`, {
    status: 422,
    code: "too-large-for-strategy",
  });
}
