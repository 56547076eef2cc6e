import { dynamicProgramming } from "./dynamic-programming.ts";
import { linearProgramming } from "./linear-programming.ts";
import type { Strategy } from "./strategy.ts";

/** Every strategy, by the name under which it is asked for. */
export const strategies: Readonly<Record<string, Strategy>> = {
  "dynamic-programming": dynamicProgramming,
  "linear-programming": linearProgramming,
};

/** The one that is taken where none is asked for. */
export const defaultStrategy = "dynamic-programming";
