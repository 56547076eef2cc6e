import { compileProblem } from "../../runtime/planning/compiled-problem.ts";
import { namedSchedule } from "../../runtime/planning/named-schedule.ts";
import { objectiveParts } from "../../runtime/planning/objective.ts";
import { priorityRules } from "../../runtime/planning/schemes/priority-rules.ts";
import { strategies } from "../../runtime/planning/strategies/strategies.ts";
import type { Strategy } from "../../runtime/planning/strategies/strategy.ts";
import { verifySchedule } from "../../runtime/planning/verify-schedule.ts";
import { NETWORKS, type Network, randomProblem } from "./random-problem.ts";
import { WrongSchedule } from "./solve-instances.ts";

export interface LargeRow {
  tasks: number;
  edges: number;
  network: Network;
  /** `greedy`, or the name of a rule. */
  rule: string;
  makespan: number;
  /** Processor seconds from the compiled problem to the schedule. */
  seconds: number;
  /** Processor seconds from the problem's description to the compiled problem. */
  compileSeconds: number;
  /** seconds ÷ (tasks × log₂ tasks), in nanoseconds: what stays the same where time grows as n log n. */
  nanosecondsPerStep: number;
  /** Megabytes of the process afterwards. */
  memory: number;
}

/** Of a problem that is planned by every rule before the clock counts, so that the compiler has done its work. */
const WARM_UP_TASKS = 5_000;

/** @throws WrongSchedule */
export async function timeLargeProblems(
  sizes: number[],
  seed: number,
  onRow: (row: LargeRow) => void,
): Promise<LargeRow[]> {
  const rows: LargeRow[] = [];
  for (const network of Object.keys(NETWORKS) as Network[]) {
    await timeRules(Math.min(WARM_UP_TASKS, ...sizes), network, seed);
    for (const size of sizes)
      for (const row of await timeRules(size, network, seed)) {
        rows.push(row);
        onRow(row);
      }
  }
  return rows;
}

async function timeRules(tasks: number, network: Network, seed: number): Promise<LargeRow[]> {
  const problem = randomProblem(tasks, network, seed);
  const compileStart = process.cpuUsage();
  const compiled = compileProblem(problem);
  const compileSeconds = secondsSince(compileStart);
  const rows: LargeRow[] = [];
  for (const rule of ["greedy", ...Object.keys(priorityRules)]) {
    const strategy = strategies[rule === "greedy" ? "greedy" : "priority"] as Strategy;
    const start = process.cpuUsage();
    const solution = await strategy.solve(compiled, rule === "greedy" ? {} : { rule });
    const seconds = secondsSince(start);
    const [wrong] = verifySchedule(problem, namedSchedule(compiled, solution));
    if (wrong !== undefined)
      throw new WrongSchedule(`${tasks} tasks, ${rule}: ${wrong.path}: ${wrong.message}`);
    rows.push({
      tasks,
      edges: compiled.graph.predecessors.length,
      network,
      rule,
      makespan: objectiveParts(compiled, solution).makespan,
      seconds,
      compileSeconds,
      nanosecondsPerStep: (seconds * 1e9) / (tasks * Math.log2(tasks)),
      memory: process.memoryUsage().rss / 2 ** 20,
    });
  }
  return rows;
}

function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
