import { type Command, Option } from "commander";
import { createOutput, type Output } from "./output.ts";
import { requireStack } from "./project.ts";

export interface CommonOptions {
  stack: string;
  json: boolean;
}

/** The options that every command takes. */
export function withCommonOptions(command: Command): Command {
  return command
    .addOption(new Option("-s, --stack <name>", "the stack").default("local"))
    .addOption(new Option("--json", "print one JSON document on standard output").default(false));
}

/** Checks the stack's name before anything is done. */
export function begin(options: CommonOptions): Output {
  requireStack(options.stack);
  return createOutput(options.json);
}
