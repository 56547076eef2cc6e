import { compareEstimates } from "../../pricing/estimate/compare-estimates.ts";
import type { CostEstimate } from "../../pricing/estimate/cost-estimate.ts";
import { estimateStack } from "../../pricing/estimate/estimate-stack.ts";
import type { Usage } from "../../pricing/estimate/usage.ts";
import { hasStack, readProject } from "../check/project-file.ts";
import { begin, type CommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { billedCloud } from "../target.ts";
import { estimateOf, usageOf } from "./estimate-of.ts";
import { printDifference, printEstimate } from "./report-cost.ts";
import { atRevision } from "./revision.ts";

interface CostOptions extends CommonOptions {
  usage?: string;
  against?: string;
}

/** `skyloom cost`. */
export async function showCost(name: string | undefined, given: CostOptions): Promise<void> {
  const options = { ...given, stack: name ?? given.stack };
  const output = begin(options);
  const usage = usageOf(options.usage);
  if (billedCloud(options.stack) === undefined) {
    showNothingBilled(options.stack, output);
    return;
  }
  const estimate = await estimateOf(options.stack, usage);
  const before =
    options.against === undefined ? undefined : await estimateAt(options.against, options.stack, usage);
  const difference = before && compareEstimates(before.estimate, estimate);
  output.document({
    stack: options.stack,
    ...(options.usage !== undefined && { usage: options.usage }),
    ...estimate,
    ...(difference && { against: { revision: options.against, commit: before.commit, ...difference } }),
  });
  printEstimate(options.stack, estimate, output);
  if (difference && options.against !== undefined) {
    printDifference(difference, options.against, output);
    if (before.isNew) output.line(`${options.stack} is not there at ${options.against}: all of it is new`);
  }
}

/** The stack's own resources; a cluster that is there anyway is somebody else's bill. */
function showNothingBilled(stack: string, output: Output): void {
  output.document({ stack, ...estimateStack([]) });
  output.line(`${stack} runs on what is there already: no cloud bills it, so there is nothing to estimate`);
}

/** By the price tables of now: the difference is what the change of the stack does, not what prices did. */
async function estimateAt(
  revision: string,
  stack: string,
  usage: Usage | undefined,
): Promise<{ estimate: CostEstimate; commit: string; isNew: boolean }> {
  return await atRevision(revision, async (folder, commit) => {
    if (!hasStack(readProject(folder), stack)) return { estimate: estimateStack([]), commit, isNew: true };
    return { estimate: await estimateOf(stack, usage, { folder }), commit, isNew: false };
  });
}
