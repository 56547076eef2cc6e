import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PackState } from "../../policies/pack-state.ts";
import { rules } from "../../policies/policies.ts";
import { toPolicy } from "../../policies/to-policy.ts";
import { importAnew } from "../../simulator/recording/import-anew.ts";
import { type RecordedResource, recordProgram } from "../../simulator/recording/record-program.ts";
import { type AnalyzedResource, analyzeResource, analyzeStack, type Diagnostic } from "./analyze.ts";

const projectFolder = join(import.meta.dirname, "../..");
const readYaml = (file: string) => parse(readFileSync(join(projectFolder, file), "utf8"));
const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** The stack's configuration as the engine gives it: its own file over the defaults of Pulumi.yaml. */
export function stackConfiguration(stack: string): Record<string, string> {
  const declared: [string, { default?: unknown }][] = Object.entries(readYaml("Pulumi.yaml").config);
  const defaults = declared
    .filter(([, setting]) => setting.default !== undefined)
    .map(([key, setting]) => [`skyloom:${key}`, asText(setting.default)]);
  const own = Object.entries(readYaml(`stacks/Pulumi.${stack}.yaml`).config);
  return Object.fromEntries([...defaults, ...own.map(([key, value]) => [key, asText(value)])]);
}

/** What a stack of the project registers. */
export async function recordExampleStack(stack: string, preview: boolean): Promise<RecordedResource[]> {
  const config = stackConfiguration(stack);
  const program = () => importAnew(join(projectFolder, "stacks/index.ts"));
  process.env.PULUMI_OPTION_POLICY_PACK ??= join(projectFolder, "policies");
  return (await recordProgram(program, { stack, config, preview })).resources;
}

/** What the whole pack says of a recorded stack, first of each resource and then of all together. */
export async function checkStack(
  stack: string,
  resources: RecordedResource[],
  now = new Date(),
): Promise<Diagnostic[]> {
  const facts = { stack, project: "skyloom", configuration: stackConfiguration(stack) };
  const state = new PackState(facts, [projectFolder], now);
  const policies = rules.map((rule) => toPolicy(rule, state));
  const diagnostics: Diagnostic[] = [];
  for (const resource of resources)
    diagnostics.push(...(await analyzeResource(policies, analyzed(resource, resource.inputs))));
  const type = "pulumi:pulumi:Stack";
  const root = {
    type,
    name: stack,
    urn: `urn:pulumi:${stack}::skyloom::${type}::skyloom-${stack}`,
    properties: {},
  };
  const all = [root, ...resources.map((each) => analyzed(each, { id: each.id, ...each.outputs }))];
  diagnostics.push(...(await analyzeStack(policies, all)));
  return diagnostics;
}

function analyzed({ type, name, urn, dependencies }: RecordedResource, properties: object): AnalyzedResource {
  return { type, name, urn, properties, dependencies };
}
