import { readFileSync } from "node:fs";
import { CannotRun } from "../output.ts";
import type { CostEstimate, CostEstimator, CostRange } from "./cost.ts";
import type { PackInfo } from "./pack.ts";
import { type CheckedStack, type StackResult, stackResult } from "./stack-result.ts";

/** What all forms of the report are made from. */
export interface CheckReport {
  pack: Pick<PackInfo, "name" | "version" | "rules">;
  stacks: StackReport[];
}

export interface StackReport extends StackResult {
  /** Undefined where nothing is priced. */
  cost: CostEstimate | undefined;
  /** Of the base; undefined where none is given, or the stack is not in it. */
  costBefore: CostRange | undefined;
}

/** Cost of each stack of an earlier report. */
export type Base = Map<string, CostRange>;

/** @param base an earlier report as `--json` printed it. @throws CannotRun where it is none. */
export function readBase(base: string): Base {
  try {
    const { stacks } = JSON.parse(readFileSync(base, "utf8")) as {
      stacks: { stack: string; cost?: { total: CostRange } }[];
    };
    return new Map(stacks.flatMap(({ stack, cost }) => (cost === undefined ? [] : [[stack, cost.total]])));
  } catch (error) {
    throw new CannotRun(`${base} is no report that --json printed: ${(error as Error).message}`);
  }
}

export async function createReport(
  checked: CheckedStack[],
  estimate: CostEstimator | undefined,
  base: Base,
): Promise<CheckReport> {
  const stacks: StackReport[] = [];
  for (const each of checked) {
    const cost = await estimate?.(each.resources, each.stack);
    stacks.push({ ...stackResult(each), cost, costBefore: base.get(each.stack) });
  }
  const pack = checked[0]?.pack ?? { name: "", version: "", rules: [] };
  return { pack: { name: pack.name, version: pack.version, rules: pack.rules }, stacks };
}

/** Violations that fail the check. */
export function mandatoryCount({ stacks }: CheckReport): number {
  return stacks.flatMap(({ violations }) => violations).filter(({ level }) => level === "mandatory").length;
}
