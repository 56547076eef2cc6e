import { readStack } from "../check/check-program.ts";
import { readProject } from "../check/project-file.ts";
import type { StackConfiguration } from "../check/stack-configuration.ts";
import { projectFolder } from "../project.ts";

/** Of the project as it is in a folder, another revision's for one. @throws CannotRun when it is wrong. */
export function readStackConfig(stack: string, folder: string = projectFolder): StackConfiguration {
  return readStack(readProject(folder), stack).configuration;
}
