import { parseArgs } from "node:util";
import { type ModelName, modelNames } from "./models/bench-model.ts";
import { defaultPeers, type Encoding, encodings, type PeerName, peerNames } from "./row.ts";

export interface BenchOptions {
  quick: boolean;
  json: boolean;
  help: boolean;
  peers: PeerName[];
  models: ModelName[];
  /** Undefined: as the plan has them. */
  encodings: Encoding[] | undefined;
  /** Requests at the same time; undefined: as the plan has them. */
  concurrencies: number[] | undefined;
  /** Of one turn of a server; undefined: as the plan has it. */
  seconds: number | undefined;
  /** Turns of each server; undefined: as the plan has it. */
  rounds: number | undefined;
  /** Length of a soak; undefined: measure the table. */
  minutes: number | undefined;
}

export const usage = `Inference of Skyloom beside its peers: one machine, one run, one load generator, ratios.

usage: npm run bench:inference [-- OPTION…]

  --quick            two models, concurrency 8 and 64, one encoding each: under four minutes
  --models LIST      of ${modelNames.join(", ")} (default: all)
  --peers LIST       of ${peerNames.join(", ")} (default: ${defaultPeers.join(", ")})
  --encodings LIST   of ${encodings.join(", ")} (default: both)
  --concurrency LIST requests at the same time (default 1,8,64)
  --json             one JSON document {rows} on standard output
  --seconds NUMBER   of one turn of a server (default 4, larger models 10, quick 2): shorter ones say less
  --rounds NUMBER    turns of each server, whose median counts (default 3)
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
    peers: readList("--peers", values.peers, peerNames, problems, defaultPeers),
    models: readList("--models", values.models, values.quick ? quickModels : modelNames, problems),
    encodings:
      values.encodings === undefined
        ? undefined
        : readList("--encodings", values.encodings, encodings, problems),
    concurrencies: readNumbers("--concurrency", values.concurrency, concurrencyRange, problems),
    seconds: readNumber("--seconds", values.seconds, { minimum: 0.1, maximum: 600 }, problems),
    rounds: readNumber("--rounds", values.rounds, { minimum: 1, maximum: 100, isWhole: true }, problems),
    minutes: readNumber("--minutes", values.minutes, { minimum: 1, maximum: 1440 }, problems),
  };
  if (values.minutes !== undefined && values.quick)
    problems.push("--minutes is a soak and cannot be given together with --quick");
  if (problems.length > 0) throw new ArgumentsError(`${problems.join("\n")}\n`);
  return options;
}

const concurrencyRange = { minimum: 1, maximum: 1000, isWhole: true };
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
        encodings: { type: "string" },
        concurrency: { type: "string" },
        seconds: { type: "string" },
        rounds: { type: "string" },
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
  whenNone: readonly Name[] = allowed,
): Name[] {
  if (text === undefined) return [...whenNone];
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

interface Range {
  minimum: number;
  maximum: number;
  isWhole?: boolean;
}

function readNumbers(
  option: string,
  text: string | undefined,
  range: Range,
  problems: string[],
): number[] | undefined {
  const numbers = text?.split(",").map((part) => readNumber(option, part, range, problems));
  return numbers?.filter((number) => number !== undefined);
}

function readNumber(
  option: string,
  text: string | undefined,
  { minimum, maximum, isWhole = false }: Range,
  problems: string[],
): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  const isAllowed = number >= minimum && number <= maximum && (!isWhole || Number.isInteger(number));
  if (text.trim() === "" || !isAllowed)
    problems.push(
      `${option} is ${JSON.stringify(text)}; give a ${isWhole ? "whole number" : "number"} from ${minimum} to ${maximum}`,
    );
  return number;
}
