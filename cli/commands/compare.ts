import { type Command, InvalidArgumentError, Option } from "commander";
import { type PricedCloud, pricedClouds } from "../../pricing/row-schema.ts";
import { withCommonOptions } from "../options.ts";

type Regions = Partial<Record<PricedCloud, string>>;

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
    .action(async (stack, options) => {
      // Loaded when asked for: other commands start sooner without the price tables.
      const { showComparison } = await import("../cost/show-comparison.ts");
      await showComparison(stack, options);
    });
}

function addRegion(text: string, regions: Regions): Regions {
  const [name, region] = text.split("=");
  const cloud = pricedClouds.find((each) => each === name);
  if (cloud === undefined || !region)
    throw new InvalidArgumentError(`must be CLOUD=REGION with one of ${pricedClouds.join(", ")}.`);
  return { ...regions, [cloud]: region };
}
