import type { CompiledProblem } from "../compiled-problem.ts";
import { objectiveValue } from "../objective.ts";
import type { Solution } from "../strategies/strategy.ts";
import { parallelScheme } from "./parallel-scheme.ts";
import { precedenceOrder } from "./precedence-order.ts";
import { serialScheme } from "./serial-scheme.ts";

/** Above it the serial scheme, which looks into every gap between tasks, takes longer than it is worth. */
const MOST_TASKS_IN_SERIES = 5_000;

/** The better schedule of the two schemes; undefined where neither finds room for every task. */
export function scheduleByRanks(compiled: CompiledProblem, ranks: Int32Array): Solution | undefined {
  const parallel = parallelScheme(compiled, ranks);
  if (compiled.taskCount > MOST_TASKS_IN_SERIES && parallel !== undefined)
    return { ...parallel, schedules: 1 };
  const serial = serialScheme(compiled, precedenceOrder(compiled.graph, ranks));
  if (serial === undefined || parallel === undefined) {
    const only = serial ?? parallel;
    return only === undefined ? undefined : { ...only, schedules: 2 };
  }
  const isSerialBetter = objectiveValue(compiled, serial) < objectiveValue(compiled, parallel);
  return { ...(isSerialBetter ? serial : parallel), schedules: 2 };
}
