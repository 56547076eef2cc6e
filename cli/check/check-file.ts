import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { CannotRun } from "../output.ts";
import { Analysis } from "./analysis.ts";
import type { PackOptions } from "./check-program.ts";
import { type EngineFile, type EngineResource, readPlan, readState } from "./engine-files.ts";
import type { Project } from "./project-file.ts";
import { type AnalyzedResource, nameOfUrn, noOptions, typeOfUrn } from "./resources.ts";
import type { RegisteredResource } from "./run-program.ts";
import { servePack } from "./serve-pack.ts";
import { stackConfiguration } from "./stack-configuration.ts";
import { readStackFile, type StackFile } from "./stack-file.ts";
import type { CheckedStack } from "./stack-result.ts";

/** Files of the engine to look at instead of a program. A state with a plan is what the plan changes. */
export interface EngineFiles {
  plan: string | undefined;
  state: string | undefined;
}

/** Asks the pack about a plan or a state. @throws CannotRun where the file is wrong or the pack breaks. */
export async function checkFile(
  files: EngineFiles,
  project: Project,
  pack: PackOptions,
): Promise<CheckedStack> {
  const started = performance.now();
  const read = files.plan === undefined ? readState(files.state ?? "") : readPlan(files.plan, files.state);
  const [stack, projectName] = read.resources[0]?.urn.slice("urn:pulumi:".length).split("::") ?? [];
  if (stack === undefined || projectName === undefined)
    throw new CannotRun(`${files.plan ?? files.state} holds no resources`);
  const { file, config } = configurationOf(project, stack, projectName, read);
  const served = await servePack(
    { packFolder: pack.packFolder, folder: project.folder, project: projectName, stack, config },
    pack.configurationFile,
  );
  try {
    const { findings } = await analysisOf(read, new Analysis(served.analyzer, served.remediates));
    const resources = read.resources.map(registered);
    const seconds = (performance.now() - started) / 1000;
    return { stack, file, pack: served.info, findings, resources, log: [], seconds };
  } catch (error) {
    throw new CannotRun(`the policy pack broke: ${(error as Error).message}`);
  } finally {
    await served.close();
  }
}

async function analysisOf({ resources }: EngineFile, analysis: Analysis): Promise<Analysis> {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const managed = resources.filter(({ external }) => external !== true);
  await Promise.all(managed.map((each) => analysis.check(analyzed(each, each.inputs ?? {}, byUrn))));
  await analysis.checkStack(resources.map((each) => analyzed(each, each.outputs ?? {}, byUrn)));
  return analysis;
}

/** The stack's own file, where this project has it; else what the engine wrote down. */
function configurationOf(
  project: Project,
  stack: string,
  projectName: string,
  read: EngineFile,
): { file: StackFile | undefined; config: Record<string, string> } {
  const path = join(project.stackFolder, `Pulumi.${stack}.yaml`);
  if (project.name !== projectName || !existsSync(path)) return { file: undefined, config: read.config };
  const file = readStackFile(path, relative(project.folder, path));
  return { file, config: { ...stackConfiguration(project, file).values, ...read.config } };
}

function analyzed(
  resource: EngineResource,
  properties: AnalyzedResource["properties"],
  byUrn: Map<string, EngineResource>,
): AnalyzedResource {
  const { urn, type, parent, dependencies = [], propertyDependencies = {} } = resource;
  return {
    ...{ urn, type, name: nameOfUrn(urn), parent, properties, dependencies },
    propertyDependencies: Object.fromEntries(
      Object.entries(propertyDependencies).map(([name, urns]) => [name, urns ?? []]),
    ),
    provider: providerOf(resource, byUrn),
    options: { ...noOptions, protect: resource.protect ?? false },
  };
}

function providerOf({ provider = "" }: EngineResource, byUrn: Map<string, EngineResource>) {
  const urn = provider.slice(0, provider.lastIndexOf("::"));
  if (urn === "") return undefined;
  return { urn, type: typeOfUrn(urn), name: nameOfUrn(urn), properties: byUrn.get(urn)?.inputs ?? {} };
}

function registered({
  urn,
  type,
  custom,
  inputs = {},
  dependencies = [],
}: EngineResource): RegisteredResource {
  // A component that its provider made has its parts in the file.
  return {
    urn,
    type,
    name: nameOfUrn(urn),
    custom: custom ?? false,
    remote: false,
    properties: inputs,
    dependencies,
  };
}
