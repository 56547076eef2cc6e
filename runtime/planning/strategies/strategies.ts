import { auto } from "./auto.ts";
import { dynamicProgramming } from "./dynamic-programming.ts";
import { genetic } from "./genetic.ts";
import { greedy } from "./greedy.ts";
import { learnedRule } from "./learned.ts";
import { linearProgramming } from "./linear-programming.ts";
import { priority } from "./priority.ts";
import type { Strategy } from "./strategy.ts";

/** Every strategy, by the name under which it is asked for. */
export const strategies: Readonly<Record<string, Strategy>> = {
  auto,
  greedy,
  priority,
  learned: learnedRule,
  "dynamic-programming": dynamicProgramming,
  "linear-programming": linearProgramming,
  genetic,
};

/** The one that is taken where none is asked for. */
export const defaultStrategy = "auto";
