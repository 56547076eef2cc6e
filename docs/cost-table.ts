// Prints what an example stack costs in a month as a Markdown table: node docs/cost-table.ts dev-aws
import { join } from "node:path";
import { estimateOf, usageOf } from "../cli/cost/estimate-of.ts";
import { markdownTable } from "../cli/cost/markdown-table.ts";
import { requireStack } from "../cli/project.ts";
import { billedCloud } from "../cli/target.ts";

/** What the pages assume of each stack's use. */
const usageFile = join(import.meta.dirname, "..", "stacks", "usage.example.yaml");

const stack = process.argv[2];
try {
  if (stack === undefined) throw new Error("which stack? node docs/cost-table.ts dev-aws");
  requireStack(stack);
  if (billedCloud(stack) === undefined)
    throw new Error(`${stack} runs on what is there already: no cloud bills it`);
  process.stdout.write(`${markdownTable(stack, await estimateOf(stack, usageOf(usageFile)))}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
