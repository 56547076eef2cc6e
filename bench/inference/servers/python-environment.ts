import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installStep } from "../../../scripts/emulators/emulator.mjs";
import { findCommand, stateFolder } from "../../../scripts/project.mjs";
import { SetUpError } from "../../../scripts/pulumi-cli.mjs";

export const peersFolder = join(import.meta.dirname, "../peers");

/**
 * A peer's own virtual environment, with the packages of its requirements.txt; made once, and anew when they change.
 * @returns its folder of commands
 * @throws SetUpError where Python is missing, or pip fails
 */
export async function installPeer(peer: string): Promise<string> {
  const requirements = join(peersFolder, peer, "requirements.txt");
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(stateFolder, "bench", `${peer}-${hash}`);
  const binFolder = join(folder, "bin");
  if (existsSync(join(folder, "installed"))) return binFolder;
  const system = findCommand("python3", "python");
  if (!system)
    throw new SetUpError(
      `${peer} needs Python: install Python 3.10 or later with venv and pip (https://python.org), or leave ${peer} out of --peers`,
    );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, ".."), { recursive: true });
  await installStep(`making a virtual environment for ${peer}`, system, ["-m", "venv", folder]);
  const pip = ["-m", "pip", "install", "--quiet", "--requirement", requirements];
  await installStep(`installing ${peer}`, join(binFolder, "python"), pip);
  mkdirSync(join(folder, "installed"));
  return binFolder;
}
