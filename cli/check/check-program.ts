import { relative } from "node:path";
import { type Project, stackFileOf } from "./project-file.ts";
import { runProgram } from "./run-program.ts";
import { servePack } from "./serve-pack.ts";
import { type StackConfiguration, stackConfiguration } from "./stack-configuration.ts";
import { readStackFile, type StackFile } from "./stack-file.ts";
import type { CheckedStack } from "./stack-result.ts";

export interface PackOptions {
  /** Folder of the policy pack. */
  packFolder: string;
  /** As for `pulumi --policy-pack-config`. */
  configurationFile: string | undefined;
}

/** A stack that is ready to be run. */
export interface ProgramStack {
  project: Project;
  stack: string;
  file: StackFile;
  configuration: StackConfiguration;
}

/** @throws CannotRun where the stack is unknown or its configuration is wrong. */
export function readStack(project: Project, stack: string): ProgramStack {
  const path = stackFileOf(project, stack);
  const file = readStackFile(path, relative(project.folder, path));
  return { project, stack, file, configuration: stackConfiguration(project, file) };
}

/** Runs the stack's program and the pack side by side. @throws CannotRun when either breaks. */
export async function checkProgram(
  { project, stack, file, configuration }: ProgramStack,
  pack: PackOptions,
): Promise<CheckedStack> {
  const { values: config, secretKeys } = configuration;
  const started = performance.now();
  const program = runProgram(
    { entry: project.entry, project: project.name, stack, config, secretKeys },
    project.folder,
    { PULUMI_OPTION_POLICY_PACK: pack.packFolder },
  );
  // A pack that does not start is told first; what the stopped program then says is no news.
  program.answer.catch(() => {});
  try {
    const served = await servePack(
      { packFolder: pack.packFolder, folder: project.folder, project: project.name, stack, config },
      pack.configurationFile,
    );
    try {
      program.attach(served);
      const { findings, resources, log } = await program.answer;
      const seconds = (performance.now() - started) / 1000;
      return { stack, file, pack: served.info, findings, resources, log, seconds };
    } finally {
      await served.close();
    }
  } finally {
    program.stop();
  }
}
