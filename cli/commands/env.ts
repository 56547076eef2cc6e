import { type Command, Option } from "commander";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { ensureStack } from "../pulumi.ts";
import { ensureDetachedProviders } from "../simulated-clouds.ts";
import { pulumiSettings } from "../target.ts";

export function addEnvCommand(program: Command): void {
  withCommonOptions(program.command("env"))
    .description('settings for a plain Pulumi command line: eval "$(npm run -s env)"')
    .addOption(new Option("--offline", "on simulated providers, which it starts").default(false))
    .action(printEnvironment);
}

async function printEnvironment(options: CommonOptions & { offline: boolean }): Promise<void> {
  const output = begin(options);
  await ensureStack(options);
  const settings = {
    ...pulumiSettings(options),
    ...(options.offline && {
      PULUMI_DEBUG_PROVIDERS: await ensureDetachedProviders(options.stack),
      // Else the engine looks for the real ones first.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    }),
  };
  output.document(settings);
  if (output.json) return;
  for (const [name, value] of Object.entries(settings))
    output.line(`export ${name}='${value.replaceAll("'", "'\\''")}'`);
}
