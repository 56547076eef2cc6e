import { type Command, InvalidArgumentError, Option } from "commander";
import { createOutput, type Output } from "./output.ts";
import { requireStack } from "./project.ts";

export interface CommonOptions {
  stack: string;
  json: boolean;
}

/** Of a command that asks a runtime. */
export interface RuntimeOptions extends CommonOptions {
  /** Of one that is not the stack's. */
  url?: string;
}

/** The options that every command takes. */
export function withCommonOptions(command: Command): Command {
  return command
    .addOption(new Option("-s, --stack <name>", "the stack").default("local"))
    .addOption(new Option("--json", "print one JSON document on standard output").default(false));
}

/** The options of a command that asks a runtime. */
export function withRuntimeOptions(command: Command): Command {
  return withCommonOptions(command).option(
    "--url <url>",
    "the runtime's address, e.g. a forwarded port; default: the stack's. Its token comes from SKYLOOM_TOKEN",
    runtimeUrl,
  );
}

function runtimeUrl(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError("must be an address such as http://127.0.0.1:8080");
}

/** Checks the stack's name before anything is done. */
export function begin(options: CommonOptions): Output {
  requireStack(options.stack);
  return createOutput(options.json);
}
