import { type Command, Option } from "commander";
import { lookForLeftovers } from "../leftovers/look.ts";
import { billable, printReport } from "../leftovers/report.ts";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { CannotRun, NegativeAnswer, styled } from "../output.ts";
import { billedCloud } from "../target.ts";

export function addLeftoversCommand(program: Command): void {
  withCommonOptions(program.command("leftovers"))
    .description("list by tag what the cloud holds of a stack, and what it costs; changes nothing")
    .addOption(new Option("--offline", "on simulated clouds").default(false))
    .action(listStack);
}

async function listStack(options: CommonOptions & { offline: boolean }): Promise<void> {
  const output = begin(options);
  const cloud = billedCloud(options.stack);
  if (cloud === undefined) throw new CannotRun(`${options.stack} is in no cloud that could be asked`);
  const report = await lookForLeftovers(options, cloud, [], output);
  output.document({ stack: options.stack, ...report });
  printReport(report, output);
  if (billable(report).length > 0)
    throw new NegativeAnswer(
      `${cloud} holds ${billable(report).length} resources of ${options.stack} that bill`,
    );
  if (report.refusals.length > 0) throw new CannotRun(`what ${cloud} holds of ${options.stack} is unknown`);
  output.line(`${styled("green", "✓")} ${cloud} holds nothing of ${options.stack} that bills`);
}
