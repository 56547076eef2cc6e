import { type Command, Option } from "commander";
import { withCommonOptions } from "../options.ts";

export function addCostCommand(program: Command): void {
  withCommonOptions(program.command("cost"))
    .argument("[stack]", "the stack, as with --stack")
    .description("what a stack costs in a month, by its program and the price tables; asks no cloud")
    .addOption(new Option("--usage <file>", "what depends on use, such as stacks/usage.example.yaml"))
    .addOption(new Option("--against <revision>", "and what it costs more or less than at a revision of git"))
    .action(async (stack, options) => {
      // Loaded when asked for: other commands start sooner without the price tables.
      const { showCost } = await import("../cost/show-cost.ts");
      await showCost(stack, options);
    });
}
