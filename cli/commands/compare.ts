import { type Command, InvalidArgumentError, Option } from "commander";
import type { Usage } from "../../pricing/estimate/usage.ts";
import { type PricedCloud, pricedClouds } from "../../pricing/row-schema.ts";
import { estimateOf, usageOf } from "../cost/estimate-of.ts";
import { variantOn } from "../cost/other-cloud.ts";
import { type CloudColumn, printComparison } from "../cost/report-comparison.ts";
import { readStackConfig, type StackConfig } from "../cost/stack-config.ts";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { CannotRun } from "../output.ts";
import { billedCloud } from "../target.ts";

type Regions = Partial<Record<PricedCloud, string>>;

interface CompareOptions extends CommonOptions {
  usage?: string;
  region: Regions;
}

export function addCompareCommand(program: Command): void {
  withCommonOptions(program.command("compare"))
    .argument("[stack]", "the stack, as with --stack")
    .description("what the same stack costs on each cloud, with the machines that each would choose")
    .addOption(new Option("--usage <file>", "what depends on use, such as stacks/usage.example.yaml"))
    .addOption(
      new Option(
        "--region <cloud=region>",
        "where on a cloud, instead of the nearest region; may be repeated",
      )
        .argParser(addRegion)
        .default({}, "the nearest"),
    )
    .action(showComparison);
}

function addRegion(text: string, regions: Regions): Regions {
  const [name, region] = text.split("=");
  const cloud = pricedClouds.find((each) => each === name);
  if (cloud === undefined || !region)
    throw new InvalidArgumentError(`must be CLOUD=REGION with one of ${pricedClouds.join(", ")}.`);
  return { ...regions, [cloud]: region };
}

async function showComparison(name: string | undefined, given: CompareOptions): Promise<void> {
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
  config: StackConfig,
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
