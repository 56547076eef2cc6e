// Where things are, for the scripts that run before anything is installed (plain Node 20, no dependencies).
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectFolder = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
export const packageJson = JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8"));
export const binFolder = join(projectFolder, "node_modules", ".bin");
export const nodeBinary = join(binFolder, "node");
export const pulumiVersion = packageJson.dependencies.pulumi;
export const stateFolder = process.env.SKYLOOM_STATE_FOLDER ?? join(projectFolder, ".skyloom");

/** Where the npm package `pulumi` keeps the binaries of its version. */
export const pulumiBinFolder = join(
  process.env.PULUMI_HOME || join(homedir(), ".pulumi"),
  "versions",
  pulumiVersion,
  "bin",
);

/** This process's environment with the project's own Node and command line tools first on the PATH. */
export function toolEnvironment() {
  return {
    ...process.env,
    PATH: [binFolder, pulumiBinFolder, process.env.PATH ?? ""].join(delimiter),
    ONNXRUNTIME_NODE_INSTALL: process.env.ONNXRUNTIME_NODE_INSTALL ?? "skip",
  };
}

/** The first of these commands that is on the PATH, or undefined. */
export function findCommand(...names) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  for (const name of names)
    for (const folder of folders) if (existsSync(join(folder, name))) return join(folder, name);
  return undefined;
}
