import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative } from "node:path";
import { parse } from "yaml";

export interface WaiversFile {
  file: string;
  /** For messages: from the project's folder. */
  shownAs: string;
}

/**
 * The file that the stack's configuration names, else `waivers.yaml` beside the stacks' configuration where there is
 * one. The engine starts a pack in the pack's own folder and does not say where the program is: its project is known by
 * its name, and looked for around the pack and where the command was given.
 * @param named from `skyloom:policies`.
 * @param startFolders where to look for the project, upwards.
 * @param project its name; undefined: not known, and so any.
 */
export function findWaiversFile(
  named: string | undefined,
  startFolders: string[],
  project: string | undefined,
): WaiversFile | undefined {
  if (named !== undefined && isAbsolute(named)) return { file: named, shownAs: named };
  const projects = startFolders
    .flatMap((folder) => projectAbove(folder) ?? [])
    .filter((folder) => project === undefined || readProject(folder).name === project);
  const candidates = projects.map((folder) => join(folder, named ?? defaultName(folder)));
  const file = candidates.find((candidate) => existsSync(candidate)) ?? candidates[0];
  if (named === undefined && (file === undefined || !existsSync(file))) return undefined;
  if (file === undefined) return { file: join(startFolders[0] ?? ".", named ?? ""), shownAs: named ?? "" };
  const around = projects.find((folder) => !relative(folder, file).startsWith("..")) ?? dirname(file);
  return { file, shownAs: relative(around, file) };
}

function defaultName(project: string): string {
  return join(readProject(project).stackConfigDir ?? "", "waivers.yaml");
}

function readProject(folder: string): { name?: string; stackConfigDir?: string } {
  return parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) ?? {};
}

function projectAbove(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
