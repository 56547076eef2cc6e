import { parseArgs } from "node:util";
import { strategies } from "../../runtime/planning/strategies/strategies.ts";

/** Arguments that cannot be understood; the message names the fix. */
export class ArgumentsError extends Error {
  override readonly name = "ArgumentsError";
}

export interface BenchOptions {
  help: boolean;
  json: boolean;
  seed: number;
  /** Folder of .sm files. */
  instances?: string;
  /** The most schedules for each instance. */
  schedules: number;
  strategy: string;
  rule?: string;
  /** Every rule and strategy that makes schedules, in a table, rather than one. */
  compare: boolean;
  /** Sizes of random problems that the rules are timed on. */
  tasks?: number[];
}

export const usage = `usage: npm run bench:planner -- --instances DIR [options]
       npm run bench:planner -- --tasks 25000,50000,100000 [options]

  --instances DIR   solve every .sm file (PSPLIB, single mode) of a folder; optimum.csv beside them has the best known
  --strategy NAME   ${Object.keys(strategies).join(", ")}; default genetic
  --rule NAME       rule of the strategy priority, such as LFT
  --schedules N     the most schedules for each instance; default 5000
  --compare         a table of all rules, the learned one among them, and of the genetic strategy
  --tasks N,N       processor seconds of greedy and rules on random problems of so many tasks
  --seed K          default 1
  --json            one JSON document on standard output
`;

/** @throws ArgumentsError */
export function readArguments(words: string[]): BenchOptions {
  const { values } = parse(words);
  const options: BenchOptions = {
    help: values.help,
    json: values.json,
    compare: values.compare,
    seed: whole("--seed", values.seed, 0),
    schedules: whole("--schedules", values.schedules, 1),
    strategy: values.strategy,
    ...(values.instances !== undefined && { instances: values.instances }),
    ...(values.rule !== undefined && { rule: values.rule }),
    ...(values.tasks !== undefined && {
      tasks: values.tasks.split(",").map((count) => whole("--tasks", count, 1)),
    }),
  };
  if (options.help) return options;
  if ((options.instances === undefined) === (options.tasks === undefined))
    throw new ArgumentsError(`give either --instances or --tasks\n\n${usage}`);
  if (!Object.hasOwn(strategies, options.strategy))
    throw new ArgumentsError(
      `--strategy: there is no ${options.strategy}; there are ${Object.keys(strategies).join(", ")}`,
    );
  return options;
}

function parse(words: string[]) {
  try {
    return parseArgs({
      args: words,
      options: {
        help: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        compare: { type: "boolean", default: false },
        instances: { type: "string" },
        strategy: { type: "string", default: "genetic" },
        rule: { type: "string" },
        schedules: { type: "string", default: "5000" },
        seed: { type: "string", default: "1" },
        tasks: { type: "string" },
      },
    });
  } catch (error) {
    throw new ArgumentsError(`${(error as Error).message}\n\n${usage}`);
  }
}

function whole(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < least)
    throw new ArgumentsError(`${option} must be a whole number of ${least} or more, not "${text}"`);
  return value;
}
