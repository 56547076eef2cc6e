import type { Usage } from "../../pricing/estimate/usage.ts";
import { type PricedCloud, pricedClouds } from "../../pricing/row-schema.ts";
import type { StackConfiguration } from "../check/stack-configuration.ts";
import { begin, type CommonOptions } from "../options.ts";
import { CannotRun } from "../output.ts";
import { billedCloud } from "../target.ts";
import { estimateOf, usageOf } from "./estimate-of.ts";
import { variantOn } from "./other-cloud.ts";
import { type CloudColumn, printComparison } from "./report-comparison.ts";
import { readStackConfig } from "./stack-config.ts";

interface CompareOptions extends CommonOptions {
  usage?: string;
  /** Where on a cloud, instead of the nearest region. */
  region: Partial<Record<PricedCloud, string>>;
}

/** `skyloom compare`. */
export async function showComparison(name: string | undefined, given: CompareOptions): Promise<void> {
  const options = { ...given, stack: name ?? given.stack };
  const output = begin(options);
  const usage = usageOf(options.usage);
  if (billedCloud(options.stack) === undefined)
    throw new CannotRun(`${options.stack} is in no cloud that bills: compare one that is, such as prod-aws`);
  const config = readStackConfig(options.stack);
  const columns: CloudColumn[] = [];
  for (const cloud of pricedClouds)
    columns.push(await columnOf(cloud, options.stack, config, usage, options.region[cloud]));
  output.document({ stack: options.stack, clouds: columns });
  printComparison(options.stack, columns, output);
}

async function columnOf(
  cloud: PricedCloud,
  stack: string,
  config: StackConfiguration,
  usage: Usage | undefined,
  region: string | undefined,
): Promise<CloudColumn> {
  const variant = variantOn(cloud, config, region);
  const column = { cloud, region: variant.region, lacks: variant.lacks };
  try {
    return { ...column, estimate: await estimateOf(stack, usage, { config: variant.config }) };
  } catch (error) {
    // The stack's own cloud must work; what another says against it is an answer.
    if (!(error instanceof CannotRun) || billedCloud(stack) === cloud) throw error;
    return { ...column, refused: error.message };
  }
}
