import { parseArgs } from "node:util";
import { type ModelName, modelNames } from "./models/bench-model.ts";
import { type PeerName, peerNames } from "./row.ts";

export interface BenchOptions {
  quick: boolean;
  json: boolean;
  help: boolean;
  peers: PeerName[];
  models: ModelName[];
  /** Length of a soak; undefined: measure the table. */
  minutes: number | undefined;
}

export const usage = `Inference of Skyloom beside its peers: one machine, one run, one load generator, ratios.

usage: npm run bench:inference [-- OPTION…]

  --quick            two models, concurrency 8 and 64, one encoding each: under four minutes
  --models LIST      of ${modelNames.join(", ")} (default: all)
  --peers LIST       of ${peerNames.join(", ")} (default: all)
  --json             one JSON document {rows} on standard output
  --minutes NUMBER   a soak of Skyloom instead: load for so long, memory every 30 seconds and its slope
  --help             this text
`;

/** Arguments that cannot be used; the message names each, and what is allowed. */
export class ArgumentsError extends Error {}

/** @throws ArgumentsError with every problem at once */
export function readArguments(args: string[]): BenchOptions {
  const values = parse(args);
  const problems: string[] = [];
  const options = {
    quick: values.quick,
    json: values.json,
    help: values.help,
    peers: readList("--peers", values.peers, peerNames, problems),
    models: readList("--models", values.models, values.quick ? quickModels : modelNames, problems),
    minutes: values.minutes === undefined ? undefined : readMinutes(values.minutes, problems),
  };
  if (values.minutes !== undefined && values.quick)
    problems.push("--minutes is a soak and cannot be given together with --quick");
  if (problems.length > 0) throw new ArgumentsError(`${problems.join("\n")}\n`);
  return options;
}

const quickModels = ["tiny", "convolutional"] as const;

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        peers: { type: "string" },
        models: { type: "string" },
        minutes: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new ArgumentsError(`${(error as Error).message}\n\n${usage}`);
  }
}

function readList<Name extends string>(
  option: string,
  text: string | undefined,
  allowed: readonly Name[],
  problems: string[],
): Name[] {
  if (text === undefined) return [...allowed];
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  const isAllowed = (name: string): name is Name => (allowed as readonly string[]).includes(name);
  const unknown = names.filter((name) => !isAllowed(name));
  if (names.length === 0) problems.push(`${option} is empty; give some of ${allowed.join(", ")}`);
  if (unknown.length > 0)
    problems.push(`${option} has ${unknown.join(", ")}; allowed are ${allowed.join(", ")}`);
  return allowed.filter((name) => names.includes(name));
}

function readMinutes(text: string, problems: string[]): number {
  const minutes = Number(text);
  if (text.trim() === "" || !(minutes >= 1 && minutes <= 1440))
    problems.push(`--minutes is ${JSON.stringify(text)}; give a number from 1 to 1440`);
  return minutes;
}
