import type { Command } from "commander";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { ensureStack, pulumiSettings } from "../pulumi.ts";

export function addEnvCommand(program: Command): void {
  withCommonOptions(program.command("env"))
    .description('settings for a plain Pulumi command line: eval "$(npm run -s env)"')
    .action(printEnvironment);
}

async function printEnvironment(options: CommonOptions): Promise<void> {
  const output = begin(options);
  await ensureStack(options.stack);
  const settings = pulumiSettings();
  output.document(settings);
  if (output.json) return;
  for (const [name, value] of Object.entries(settings))
    output.line(`export ${name}='${value.replaceAll("'", "'\\''")}'`);
}
