import { parseArgs } from "node:util";
import { type EngineName, engineNames } from "./engines/engine.ts";

const parts = ["shapes", "waiting"] as const;
export type Part = (typeof parts)[number];

export interface BenchOptions {
  quick: boolean;
  json: boolean;
  help: boolean;
  /** What is measured. Default: both. */
  only?: Part;
  /** Always with skyloom. */
  engines: EngineName[];
}

const peers = engineNames.filter((name) => name !== "skyloom");

export const usage = `Workflows of Skyloom beside bare Restate and others: one machine, one run, ratios.

usage: npm run bench:workflows [-- OPTION…]

  --quick        3 rounds instead of 9, a second of warm-up instead of 3, and 500 waiting runs instead of 10,000
  --peers LIST   of ${peers.join(", ")} (default: all)
  --only PART    shapes or waiting (default: both)
  --json         one JSON document {rows, waiting} on standard output
  --help         this text
`;

/** Arguments that cannot be used; the message names each, and what is allowed. */
export class ArgumentsError extends Error {}

/** @throws ArgumentsError */
export function readArguments(args: string[]): BenchOptions {
  const { quick, json, help, only, peers: list } = parse(args);
  const names = list
    ?.split(",")
    .map((name) => name.trim())
    .filter(Boolean) ?? [...peers];
  const unknown = names.filter((name) => !(peers as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new ArgumentsError(`--peers has ${unknown.join(", ")}; allowed are ${peers.join(", ")}\n`);
  if (names.length === 0) throw new ArgumentsError(`--peers is empty; give some of ${peers.join(", ")}\n`);
  if (only !== undefined && !(parts as readonly string[]).includes(only))
    throw new ArgumentsError(`--only is "${only}"; allowed are ${parts.join(", ")}\n`);
  return {
    quick,
    json,
    help,
    ...(only !== undefined && { only: only as Part }),
    engines: engineNames.filter((name) => name === "skyloom" || names.includes(name)),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        only: { type: "string" },
        peers: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new ArgumentsError(`${(error as Error).message}\n\n${usage}`);
  }
}
