import type { PlanAnswer } from "../answer/plan-answer.ts";
import { makePlan } from "../make-plan.ts";
import type { PlanningProblem } from "../problem.ts";
import type { PoolChoice, PoolsAnswer, WorkloadOutcome } from "./capacity-answer.ts";
import type { CapacityRequest, Offer } from "./capacity-request.ts";
import { nodeHoursPerDay, type PoolUse, poolUse, utilisation } from "./node-hours.ts";
import { problemOnPools } from "./pool-groups.ts";

/** Group → its nodes. */
export type Pools = Map<string, { offer: Offer; nodes: number }>;
/** What given pools cost and achieve; undefined where some task does not fit. */
export type Evaluate = (pools: Pools) => Promise<PoolsAnswer | undefined>;

/** Of a pool's work; above it runs wait for each other so long that a plan of one alone says little. */
const highestUtilisation = 0.8;
const daysPerMonth = 30.4;

/** @param problems workload → one run of it */
export function createEvaluation(
  request: CapacityRequest,
  problems: ReadonlyMap<string, PlanningProblem>,
): Evaluate {
  const plans = new Map<string, Promise<PlanAnswer | undefined>>();

  /** Pools of other machines with the same amounts have the same plans. */
  function planOf(name: string, problem: PlanningProblem, pools: Pools): Promise<PlanAnswer | undefined> {
    const onPools = problemOnPools(problem, pools);
    if (onPools === undefined) return Promise.resolve(undefined);
    const key = `${name} ${JSON.stringify(onPools.resources)} ${modesKey(onPools)}`;
    const known = plans.get(key) ?? makePlan(onPools, { relaxationSeconds: 0 }).catch(() => undefined);
    plans.set(key, known);
    return known;
  }

  return async (pools) => {
    const outcomes: WorkloadOutcome[] = [];
    const uses = new Map([...pools.keys()].map((group) => [group, { billedSeconds: 0, heldSeconds: 0 }]));
    for (const [name, problem] of problems) {
      const plan = await planOf(name, problem, pools);
      if (plan === undefined) return undefined;
      const { perDay, deadline = request.deadline } = request.workloads[
        name
      ] as CapacityRequest["workloads"][string];
      outcomes.push({
        workload: name,
        makespan: plan.makespan,
        ...(deadline !== undefined && { deadline }),
        meetsDeadline: deadline === undefined || plan.makespan <= deadline + 1e-6,
      });
      for (const [group, { offer }] of pools)
        addUse(uses.get(group), poolUse(plan, group, offer, request), perDay);
    }
    return answerOf(pools, uses, outcomes, request);
  };
}

function modesKey({ tasks }: PlanningProblem): string {
  return Object.values(tasks)
    .map(({ modes }) => modes?.length ?? 0)
    .join(",");
}

function addUse(sum: PoolUse | undefined, { billedSeconds, heldSeconds }: PoolUse, perDay: number): void {
  if (sum === undefined) return;
  sum.billedSeconds += billedSeconds * perDay;
  sum.heldSeconds += heldSeconds * perDay;
}

function answerOf(
  pools: Pools,
  uses: ReadonlyMap<string, PoolUse>,
  workloads: WorkloadOutcome[],
  { scaleToZero }: CapacityRequest,
): PoolsAnswer {
  const choices = [...pools].map(([group, { offer, nodes }]): PoolChoice => {
    const use = uses.get(group) as PoolUse;
    const hours = nodeHoursPerDay(use.billedSeconds, nodes, scaleToZero);
    return {
      group,
      offer,
      nodes,
      nodeHoursPerDay: hours,
      usdPerDay: hours * (offer.usdPerHour === "unknown" ? Number.NaN : offer.usdPerHour),
      utilisation: utilisation(use.heldSeconds, nodes),
    };
  });
  const usdPerDay = choices.reduce((sum, choice) => sum + choice.usdPerDay, 0);
  return {
    pools: choices,
    usdPerDay,
    usdPerMonth: usdPerDay * daysPerMonth,
    workloads,
    meetsDeadlines: workloads.every(({ meetsDeadline }) => meetsDeadline),
    isOverloaded: choices.some((choice) => choice.utilisation > highestUtilisation),
  };
}
