import { type Analyzer, connectAnalyzer } from "./analyzer.ts";
import type { PackInfo, RuleConfiguration } from "./pack.ts";
import { completeConfiguration, readPackConfiguration } from "./pack-configuration.ts";
import type { PolicyRunnerOptions } from "./policy-runner.ts";
import { startPolicyRunner } from "./policy-runner.ts";

/** A policy pack that is ready for a stack. */
export interface ServedPack {
  address: string;
  analyzer: Analyzer;
  info: PackInfo;
  /** Whether any rule may change a resource. */
  remediates: boolean;
  close(): Promise<void>;
}

/**
 * Starts and configures a pack.
 * @param configurationFile as for `pulumi --policy-pack-config`; undefined: the pack's defaults.
 * @throws CannotRun when it does not start, or its configuration is wrong.
 */
export async function servePack(
  options: PolicyRunnerOptions,
  configurationFile: string | undefined,
): Promise<ServedPack> {
  const given =
    configurationFile === undefined
      ? new Map<string, RuleConfiguration>()
      : readPackConfiguration(configurationFile);
  const runner = await startPolicyRunner(options);
  const analyzer = connectAnalyzer(runner.address);
  const close = async () => {
    analyzer.close();
    await runner.close();
  };
  try {
    const info = await analyzer.info();
    const configuration = completeConfiguration(info, given, configurationFile ?? options.packFolder);
    await analyzer.configure(configuration);
    const remediates = [...configuration.values()].some(({ level }) => level === "remediate");
    return { address: runner.address, analyzer, info, remediates, close };
  } catch (error) {
    await close();
    throw error;
  }
}
