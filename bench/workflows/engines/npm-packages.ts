import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installStep } from "../../../scripts/emulators/emulator.mjs";
import { findCommand } from "../../../scripts/project.mjs";

/**
 * Installs what a peer needs into a folder of its own, which is kept: it is no part of the project.
 * @param packages exact versions by name
 * @throws SetUpError with the end of npm's output
 */
export async function installPackages(
  title: string,
  folder: string,
  packages: Record<string, string>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const manifest = { private: true, type: "module", dependencies: packages };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const options = ["--no-audit", "--no-fund", "--silent"];
  await installStep(title, findCommand("npm") ?? "npm", ["install", "--prefix", folder, ...options]);
}
