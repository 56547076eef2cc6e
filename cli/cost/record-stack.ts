import { join } from "node:path";
import type { EstimateInput } from "../../pricing/estimate/cost-estimate.ts";
import { importAnew } from "../../simulator/recording/import-anew.ts";
import type { StackConfiguration } from "../check/stack-configuration.ts";
import { CannotRun } from "../output.ts";
import { projectFolder } from "../project.ts";
import { readStackConfig } from "./stack-config.ts";

export interface RecordStackOptions {
  /** Of the project, for another revision than the one that runs. Default: this one. */
  folder?: string;
  /** Default: what the stack's file says. */
  config?: StackConfiguration;
}

/**
 * What a stack's program registers on simulated providers in this process: no account, no network. As in an update, so
 * that no value stays unknown.
 * @throws CannotRun with what the program, or a provider, says against it.
 */
export async function recordStack(stack: string, options: RecordStackOptions = {}): Promise<EstimateInput[]> {
  const { folder = projectFolder, config = readStackConfig(stack, folder) } = options;
  const putBack = setEnvironment({
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
    // Nothing is made here: a production stack need not be refused for want of a pack.
    PULUMI_OPTION_POLICY_PACK: join(folder, "policies"),
  });
  try {
    // Loaded when asked for: it brings the SDK and the simulated providers, which no other command wants.
    const { recordProgram } = await import("../../simulator/recording/record-program.ts");
    const run = () => importAnew(join(folder, "stacks", "index.ts"));
    const { resources } = await recordProgram(run, { stack, config: config.values, preview: false });
    return resources
      .filter(({ custom }) => custom)
      .map(({ urn, type, name, id, inputs, dependencies }) => ({
        urn,
        type,
        name,
        id,
        properties: inputs,
        dependencies,
      }));
  } catch (error) {
    throw new CannotRun(`the program of ${stack} does not run: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    putBack();
  }
}

/** @returns what puts the variables back as they were. */
function setEnvironment(values: Record<string, string>): () => void {
  const before = Object.keys(values).map((name): [string, string | undefined] => [name, process.env[name]]);
  Object.assign(process.env, values);
  return () => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  };
}
