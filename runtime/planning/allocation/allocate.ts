import {
  type Constraint,
  type LinearSolution,
  solveLinearProgram,
  type Variable,
} from "../linear-program.ts";
import type {
  AllocationAnswer,
  AllocationProblem,
  AllocationRefusal,
  Amounts,
  Shortage,
} from "./allocation.ts";
import { stagesOf } from "./stages.ts";

/** What remains of rounding in the solver, relative to amounts of about 1000 units. */
const tolerance = 1e-6;

interface Model {
  problem: AllocationProblem;
  stages: string[][];
  /** One for each task and resource that it may use. */
  amounts: { task: string; resource: string; stage: number }[];
  demands: Constraint[];
  capacities: (Constraint & { resource: string; stage: number })[];
}

/**
 * The cheapest allocation: minimise Σ unit cost × amount over the amounts x of task i and resource r, where for each task
 * Σ_r x ≥ demand (and ≤ maximum), and for each stage and resource Σ_i x ≤ capacity. Where there is none, which stages
 * want more than there is, and how much is missing: found with the elastic program, in which each demand may fall short
 * at a cost of 1 a unit (J. W. Chinneck: Feasibility and Infeasibility in Optimization, 2008, chapter 6).
 */
export async function allocate(problem: AllocationProblem): Promise<AllocationAnswer | AllocationRefusal> {
  const model = buildModel(problem);
  const variables = model.amounts.map(
    ({ task, resource }): Variable => ({
      cost: unitCost(problem, task, resource),
      lower: 0,
      upper: Infinity,
    }),
  );
  const constraints = [...model.demands, ...model.capacities];
  const answer = await solveLinearProgram({ variables, constraints });
  if (answer.status !== "optimal") return await refuse(model);
  if (problem.budget !== undefined && answer.objective > problem.budget + tolerance)
    return overBudget(model, answer.objective, problem.budget);
  return {
    status: "optimal",
    amounts: amountsOf(model, answer.values),
    cost: rounded(answer.objective),
    stages: model.stages,
    shadowPrices: shadowPrices(model, answer),
  };
}

function buildModel(problem: AllocationProblem): Model {
  const stages = stagesOf(problem);
  const amounts = stages.flatMap((names, stage) =>
    names.flatMap((task) => usable(problem, task).map((resource) => ({ task, resource, stage }))),
  );
  const termsWhere = (isPart: (amount: Model["amounts"][number]) => boolean) =>
    amounts.flatMap((amount, index) => (isPart(amount) ? [[index, 1] as const] : []));
  const demands = stages.flat().map((name) => ({
    lower: problem.tasks[name]?.demand ?? 0,
    upper: problem.tasks[name]?.maximum ?? Infinity,
    terms: termsWhere(({ task }) => task === name),
  }));
  const capacities = stages.flatMap((_, stage) =>
    Object.keys(problem.resources).map((resource) => ({
      resource,
      stage,
      lower: 0,
      upper: capacityOf(problem, resource, stage),
      terms: termsWhere((amount) => amount.resource === resource && amount.stage === stage),
    })),
  );
  return { problem, stages, amounts, demands, capacities };
}

function usable({ tasks, resources }: AllocationProblem, task: string): string[] {
  return tasks[task]?.resources ?? Object.keys(resources);
}

function unitCost({ tasks, resources }: AllocationProblem, task: string, resource: string): number {
  return tasks[task]?.unitCosts?.[resource] ?? resources[resource]?.unitCost ?? 0;
}

function capacityOf({ resources }: AllocationProblem, resource: string, stage: number): number {
  return resources[resource]?.availability?.[String(stage + 1)] ?? resources[resource]?.capacity ?? 0;
}

function amountsOf({ amounts, stages }: Model, values: ArrayLike<number>): Amounts {
  const result: Amounts = Object.fromEntries(stages.flat().map((task) => [task, {}]));
  for (const [index, { task, resource }] of amounts.entries()) {
    const value = rounded(values[index] ?? 0);
    const ofTask = result[task];
    if (value > 0 && ofTask !== undefined) ofTask[resource] = value;
  }
  return result;
}

function shadowPrices({ demands, capacities }: Model, { values, duals }: LinearSolution) {
  return capacities.flatMap(({ resource, stage, terms, upper }, index) => {
    const used = terms.reduce((sum, [variable]) => sum + (values[variable] ?? 0), 0);
    if (used < upper - tolerance) return [];
    const saves = rounded(Math.max(0, -(duals?.[demands.length + index] ?? 0)));
    return [{ resource, stage: stage + 1, saves }];
  });
}

async function refuse(model: Model): Promise<AllocationRefusal> {
  const { problem, stages, amounts, demands, capacities } = model;
  const variables: Variable[] = [...amounts, ...demands].map((_, index) => ({
    cost: index < amounts.length ? 0 : 1,
    lower: 0,
    upper: Infinity,
  }));
  const elastic = demands.map(({ terms, ...bounds }, index) => ({
    ...bounds,
    terms: [...terms, [amounts.length + index, 1] as const],
  }));
  const answer = await solveLinearProgram({ variables, constraints: [...elastic, ...capacities] });
  if (answer.status !== "optimal") throw new Error(`the elastic allocation program is ${answer.status}`);
  const missing = stages.flat().map((task, index) => ({
    task,
    missing: answer.values[amounts.length + index] ?? 0,
  }));
  const shortages = stages.flatMap((tasks, stage) => {
    const lacking = missing.filter((each) => each.missing > tolerance && tasks.includes(each.task));
    return lacking.length === 0 ? [] : [shortage(problem, tasks, stage, lacking)];
  });
  return {
    status: "infeasible",
    reasons: shortages.map((each) => sentence(each, problem)),
    shortages,
    cheapest: undefined,
    stages,
  };
}

/** Only the tasks that compete for what the lacking ones may use are named. */
function shortage(
  problem: AllocationProblem,
  tasks: readonly string[],
  stage: number,
  lacking: readonly { task: string; missing: number }[],
): Shortage {
  const resources = new Set(lacking.flatMap(({ task }) => usable(problem, task)));
  const competing = tasks.filter((task) =>
    usable(problem, task).every((resource) => resources.has(resource)),
  );
  const sum = (values: readonly number[]) => rounded(values.reduce((total, value) => total + value, 0));
  return {
    stage: stage + 1,
    tasks: competing,
    demanded: sum(competing.map((task) => problem.tasks[task]?.demand ?? 0)),
    available: sum([...resources].map((resource) => capacityOf(problem, resource, stage))),
    missing: sum(lacking.map(({ missing }) => missing)),
  };
}

function sentence({ tasks, demanded, available, missing }: Shortage, problem: AllocationProblem): string {
  const used = [...new Set(tasks.flatMap((task) => usable(problem, task)))].join(" and ");
  const who =
    tasks.length === 1 ? `${tasks[0]} needs` : `${tasks.join(", ")} run at the same time and need together`;
  return `${who} ${demanded} of ${used}, there are ${available}: ${missing} missing`;
}

function overBudget({ stages }: Model, cost: number, budget: number): AllocationRefusal {
  const cheapest = rounded(cost);
  return {
    status: "infeasible",
    reasons: [
      `the cheapest allocation costs ${cheapest}, the budget is ${budget}: ${rounded(cost - budget)} missing`,
    ],
    shortages: [],
    cheapest,
    stages,
  };
}

function rounded(value: number): number {
  const result = Math.round(value / tolerance) * tolerance;
  return Number(result.toFixed(6));
}
