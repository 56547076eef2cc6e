import { invalidInput, type Problem } from "../../errors.ts";
import { parseProblem } from "../parse-problem.ts";
import type { PlanningProblem } from "../problem.ts";
import { taskModes } from "../task-modes.ts";
import type { CapacityAnswer, PoolsAnswer, WhatIf } from "./capacity-answer.ts";
import type { CapacityRequest, Offer } from "./capacity-request.ts";
import { createEvaluation, type Evaluate, type Pools } from "./evaluate-pools.ts";
import { fitsOn, groupOf, groupsOf, isKindOf, largestTask } from "./pool-groups.ts";

/** Offers of one group that are looked at for each cloud: the cheapest, and the cheapest with the more GPUs. */
const offersPerGroup = 4;

/**
 * Which nodes to have: of each group of tasks (without GPU, with any, with a certain one) an offer and a number of nodes,
 * at the least cost that meets the deadlines; with a budget and no deadline, the fastest within it. Every candidate is
 * planned: the makespan of a run, and the hours of nodes that its plan fills, are those of its plan.
 * @throws ApiError `invalid-capacity-request` (400) with every problem of the workloads
 */
export async function planCapacity(
  request: CapacityRequest,
  signal?: Pick<AbortSignal, "aborted">,
): Promise<CapacityAnswer> {
  const problems = parseWorkloads(request);
  const groups = groupsOf([...problems.values()]);
  const fitting = new Map(groups.map((group) => [group, fittingOffers(group, request.offers, problems)]));
  const priced = new Map(
    [...fitting].map(([group, offers]) => [
      group,
      offers.filter(({ usdPerHour }) => usdPerHour !== "unknown"),
    ]),
  );
  const unpriced = [...fitting.values()].flat().filter(({ usdPerHour }) => usdPerHour === "unknown");
  const evaluateAny = createEvaluation(request, problems);
  // Nobody waits for the answer any more: the candidates that are left are passed over.
  const evaluate: Evaluate = async (pools) => (signal?.aborted === true ? undefined : evaluateAny(pools));
  const clouds = [...new Set(request.offers.map(({ cloud }) => cloud))].sort();
  const byCloud: Record<string, PoolsAnswer | undefined> = {};
  for (const cloud of clouds) {
    const there = new Map(
      [...priced].map(([group, offers]) => [group, offers.filter((one) => one.cloud === cloud)]),
    );
    byCloud[cloud] = await cheapest(there, request, evaluate);
  }
  const best = clouds.length === 1 ? byCloud[clouds[0] as string] : await cheapest(priced, request, evaluate);
  return {
    best,
    byCloud,
    whatIf: best === undefined ? [] : await whatIf(best, evaluate),
    reasons: best === undefined ? reasonsOf(groups, priced, fitting, problems, request) : [],
    unpriced: [...new Set(unpriced)],
  };
}

function parseWorkloads({ workloads }: CapacityRequest): Map<string, PlanningProblem> {
  const problems: Problem[] = [];
  const parsed = new Map<string, PlanningProblem>();
  for (const [name, { problem }] of Object.entries(workloads))
    try {
      // What there is of nodes is what is looked for: any need of it is right here.
      parsed.set(name, parseProblem(withAmpleNodes(problem)));
    } catch (error) {
      const found = (error as { problems?: Problem[] }).problems;
      if (found === undefined) throw error;
      for (const { path, message } of found)
        problems.push({ path: `workloads.${name}.problem.${path}`, message });
    }
  if (problems.length > 0) throw invalidInput("invalid-capacity-request", problems, "capacity request");
  return parsed;
}

function withAmpleNodes(problem: object): object {
  const resources = (problem as { resources?: Record<string, object> }).resources ?? {};
  const tasks = Object.values((problem as { tasks?: Record<string, { needs?: object }> }).tasks ?? {});
  const needed = tasks.flatMap((task) => Object.keys(task?.needs ?? {}));
  const ample = new Set(
    [...Object.keys(resources), ...needed].filter(
      (name) => ["cpu", "memory", "gpu"].includes(name) || name.startsWith("gpu/"),
    ),
  );
  const known = [...ample].map((name) => [name, { capacity: 1_000_000 }]);
  return { ...problem, resources: { ...resources, ...Object.fromEntries(known) } };
}

/** Offers on which every task of the group has a way to run, the cheapest first. */
function fittingOffers(
  group: string,
  offers: readonly Offer[],
  problems: ReadonlyMap<string, PlanningProblem>,
): Offer[] {
  const tasks = [...problems.values()]
    .flatMap(({ tasks }) => Object.values(tasks))
    .filter((task) => groupOf(task) === group);
  return offers
    .filter((offer) => isKindOf(group, offer))
    .filter((offer) => tasks.every((task) => taskModes(task).some((mode) => fitsOn(mode, offer))))
    .toSorted((left, right) => priceOf(left) - priceOf(right));
}

function priceOf({ usdPerHour }: Offer): number {
  return usdPerHour === "unknown" ? Number.POSITIVE_INFINITY : usdPerHour;
}

/** The best answer over all choices of an offer for each group and all numbers of nodes. */
async function cheapest(
  offersOf: ReadonlyMap<string, Offer[]>,
  request: CapacityRequest,
  evaluate: Evaluate,
): Promise<PoolsAnswer | undefined> {
  let best: PoolsAnswer | undefined;
  const lists = [...offersOf].map(([group, all]) => shortlist(all).map((offer) => ({ group, offer })));
  for (const offers of combinations(lists))
    for await (const answer of candidates(offers, request, evaluate))
      if (isAllowed(answer, request) && isBetter(answer, best, request)) best = answer;
  return best;
}

/** Numbers of nodes worth a look: none where more would change nothing any more. */
async function* candidates(
  offers: readonly { group: string; offer: Offer }[],
  request: CapacityRequest,
  evaluate: Evaluate,
): AsyncGenerator<PoolsAnswer> {
  const withCounts = (counts: readonly number[]): Pools =>
    new Map(offers.map(({ group, offer }, at) => [group, { offer, nodes: counts[at] as number }]));
  const most = await evaluate(withCounts(offers.map(() => request.maximumNodes)));
  if (most === undefined) return;
  const enough: number[][] = [];
  for (const counts of countsUpTo(offers.length, request.maximumNodes)) {
    if (enough.some((other) => other.every((count, at) => count <= (counts[at] as number)))) continue;
    const answer = await evaluate(withCounts(counts));
    if (answer === undefined) continue;
    yield answer;
    const isAsFast = answer.workloads.every(
      ({ makespan }, at) => makespan <= (most.workloads[at]?.makespan ?? 0) + 1e-6,
    );
    if (isAsFast && !answer.isOverloaded) enough.push(counts);
  }
}

/** The cheapest ones that differ in their GPUs; of the rest the cheapest. */
function shortlist(offers: readonly Offer[]): Offer[] {
  const seen = new Set<string>();
  const distinct = offers.filter(({ accelerator = "", acceleratorCount }) => {
    const key = `${accelerator} ${acceleratorCount}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
  return [...new Set([...distinct.slice(0, offersPerGroup), ...offers.slice(0, 2)])];
}

function isAllowed(answer: PoolsAnswer, { deadline, budget }: CapacityRequest): boolean {
  if (answer.isOverloaded) return false;
  const hasDeadline = deadline !== undefined || answer.workloads.some((each) => each.deadline !== undefined);
  if (hasDeadline && !answer.meetsDeadlines) return false;
  return budget === undefined || answer.usdPerDay <= budget;
}

function isBetter(answer: PoolsAnswer, best: PoolsAnswer | undefined, { deadline, budget }: CapacityRequest) {
  if (best === undefined) return true;
  const slowest = ({ workloads }: PoolsAnswer) => Math.max(...workloads.map(({ makespan }) => makespan));
  const nodes = ({ pools }: PoolsAnswer) => pools.reduce((sum, pool) => sum + pool.nodes, 0);
  const byCost = answer.usdPerDay - best.usdPerDay;
  const bySpeed = slowest(answer) - slowest(best);
  const isForSpeed = budget !== undefined && deadline === undefined;
  const order = isForSpeed ? [bySpeed, byCost] : [byCost, bySpeed];
  const difference = [...order, nodes(answer) - nodes(best)].find((each) => Math.abs(each) > 1e-9) ?? 0;
  return difference < 0;
}

function* combinations<Value>(lists: readonly Value[][]): Generator<Value[]> {
  const [first, ...rest] = lists;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const value of first) for (const others of combinations(rest)) yield [value, ...others];
}

function* countsUpTo(length: number, most: number): Generator<number[]> {
  if (length === 0) {
    yield [];
    return;
  }
  for (let count = 1; count <= most; count++)
    for (const others of countsUpTo(length - 1, most)) yield [count, ...others];
}

async function whatIf(best: PoolsAnswer, evaluate: Evaluate): Promise<WhatIf[]> {
  const answers: WhatIf[] = [];
  for (const { group } of best.pools)
    for (const change of [1, -1] as const) {
      const pools: Pools = new Map(
        best.pools.map((pool) => [
          pool.group,
          { offer: pool.offer, nodes: pool.nodes + (pool.group === group ? change : 0) },
        ]),
      );
      const isEmpty = [...pools.values()].some(({ nodes }) => nodes === 0);
      answers.push({ group, change, result: isEmpty ? undefined : await evaluate(pools) });
    }
  return answers;
}

function reasonsOf(
  groups: readonly string[],
  priced: ReadonlyMap<string, Offer[]>,
  fitting: ReadonlyMap<string, Offer[]>,
  problems: ReadonlyMap<string, PlanningProblem>,
  { deadline, budget, maximumNodes }: CapacityRequest,
): string[] {
  const without = groups.filter((group) => (priced.get(group) ?? []).length === 0);
  if (without.length > 0)
    return without.map((group) =>
      (fitting.get(group) ?? []).length > 0
        ? `${group}: the price of every offer that would do is unknown`
        : `${group}: no offer has ${largestTask(group, [...problems.values()])}`,
    );
  const limits = [
    ...(deadline === undefined ? [] : [`within ${deadline} s`]),
    ...(budget === undefined ? [] : [`for ${budget} USD a day`]),
  ];
  return [`no pools of up to ${maximumNodes} nodes do all runs of a day ${limits.join(" and ")}`.trim()];
}
