import type { CostEstimate } from "../../pricing/estimate/cost-estimate.ts";
import { estimateStack } from "../../pricing/estimate/estimate-stack.ts";
import type { Usage } from "../../pricing/estimate/usage.ts";
import { readUsageFile, UsageFileError } from "../../pricing/estimate/usage-file.ts";
import { CannotRun } from "../output.ts";
import { type RecordStackOptions, recordStack } from "./record-stack.ts";
import { readStackConfig } from "./stack-config.ts";

/** What a stack costs, by what its program registers. */
export async function estimateOf(
  stack: string,
  usage: Usage | undefined,
  options: RecordStackOptions = {},
): Promise<CostEstimate> {
  const config = options.config ?? readStackConfig(stack, options.folder);
  const resources = await recordStack(stack, { ...options, config });
  return estimateStack(resources, { usage, region: config.values["skyloom:region"] });
}

/** @throws CannotRun with every problem of the file and its line. */
export function usageOf(file: string | undefined): Usage | undefined {
  if (file === undefined) return undefined;
  try {
    return readUsageFile(file);
  } catch (error) {
    if (error instanceof UsageFileError) throw new CannotRun(error.message, { cause: error });
    throw error;
  }
}
