import { namedSchedule } from "../../runtime/planning/named-schedule.ts";
import { objectiveParts } from "../../runtime/planning/objective.ts";
import { strategies } from "../../runtime/planning/strategies/strategies.ts";
import type { Strategy, StrategyOptions } from "../../runtime/planning/strategies/strategy.ts";
import { verifySchedule } from "../../runtime/planning/verify-schedule.ts";
import { ArgumentsError } from "./arguments.ts";
import type { Instance } from "./read-instances.ts";

export interface SolvedInstance {
  name: string;
  makespan: number;
  criticalPath: number;
  /** Processor seconds of this process. */
  seconds: number;
  /** By job, source and sink among them, in the order of the file. */
  startTimes: number[];
}

export interface SolvedSet {
  instances: SolvedInstance[];
  /** Percent. */
  averageDeviationFromCriticalPath: number;
  averageSeconds: number;
}

/** Instances that are solved before the clock counts, so that the compiler has done its work. */
export const WARM_UP = 10;

/** A schedule that the verifier refuses. */
export class WrongSchedule extends Error {
  override readonly name = "WrongSchedule";
}

/** @throws WrongSchedule, and what the strategy throws */
export async function solveInstances(
  instances: Instance[],
  strategyName: string,
  options: StrategyOptions,
): Promise<SolvedSet> {
  const strategy = strategies[strategyName] as Strategy;
  for (const instance of instances.slice(0, WARM_UP)) await solveInstance(instance, strategy, options);
  const solved: SolvedInstance[] = [];
  for (const instance of instances) solved.push(await solveInstance(instance, strategy, options));
  return {
    instances: solved,
    averageDeviationFromCriticalPath: mean(
      solved.map(({ makespan, criticalPath }) => 100 * (makespan / criticalPath - 1)),
    ),
    averageSeconds: mean(solved.map(({ seconds }) => seconds)),
  };
}

/** Percent above the best known makespans; undefined where some instance has none. */
export function averageDeviationFromBest(
  instances: Instance[],
  solved: SolvedInstance[],
): number | undefined {
  if (instances.some(({ bestKnown }) => bestKnown === undefined)) return undefined;
  return mean(
    solved.map(
      ({ makespan }, index) => 100 * (makespan / ((instances[index] as Instance).bestKnown as number) - 1),
    ),
  );
}

async function solveInstance(
  { name, compiled, criticalPath }: Instance,
  strategy: Strategy,
  options: StrategyOptions,
): Promise<SolvedInstance> {
  const refusal = strategy.refuse?.(compiled, options);
  if (refusal !== undefined) throw new ArgumentsError(`${name}: ${refusal}`);
  const before = process.cpuUsage();
  const solution = await strategy.solve(compiled, options);
  const { user, system } = process.cpuUsage(before);
  const schedule = namedSchedule(compiled, solution);
  const [wrong] = verifySchedule(compiled.problem, schedule);
  if (wrong !== undefined) throw new WrongSchedule(`${name}: ${wrong.path}: ${wrong.message}`);
  return {
    name,
    makespan: objectiveParts(compiled, solution).makespan,
    criticalPath,
    seconds: (user + system) / 1e6,
    startTimes: compiled.taskNames.map((task) => schedule.starts[task] as number),
  };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
