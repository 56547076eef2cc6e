import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { projectFolder, stateFolder } from "../scripts/project.mjs";
import { CannotRun } from "./output.ts";

export { projectFolder, stateFolder };

/** Names of the stacks that have a configuration file. */
export function knownStacks(): string[] {
  return readdirSync(join(projectFolder, "stacks"))
    .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
    .filter((name) => name !== undefined);
}

/** @throws CannotRun that lists the stacks there are. */
export function requireStack(stack: string): void {
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(stack))
    throw new CannotRun(`"${stack}" is no stack name: use letters, digits, dots, hyphens and underscores`);
  if (existsSync(stackFile(stack))) return;
  throw new CannotRun(
    `there is no stack "${stack}": stacks/Pulumi.${stack}.yaml does not exist.\n` +
      `Stacks here: ${knownStacks().join(", ")}. For a new one, copy the file of the nearest and change its port.`,
  );
}

export function stackFile(stack: string): string {
  return join(projectFolder, "stacks", `Pulumi.${stack}.yaml`);
}

/** Where the local cloud keeps what belongs to a stack. */
export function localStackFolder(stack: string): string {
  return join(stateFolder, "local", stack);
}
