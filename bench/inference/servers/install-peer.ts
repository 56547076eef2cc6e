import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stateFolder } from "../../../scripts/project.mjs";
import { pythonEnvironment } from "../../../scripts/python-environment.mjs";

export const peersFolder = join(import.meta.dirname, "../peers");

/**
 * A peer's own virtual environment, with the packages of its requirements.txt; made once, and anew when they change.
 * @returns its folder of commands
 * @throws SetUpError where Python is missing, or pip fails
 */
export async function installPeer(peer: string): Promise<string> {
  const requirements = join(peersFolder, peer, "requirements.txt");
  const python = await pythonEnvironment({
    name: peer,
    version: createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12),
    packages: ["--requirement", requirements],
    cacheFolder: join(stateFolder, "bench"),
    title: peer,
    otherwise: `, or leave ${peer} out of --peers`,
  });
  return dirname(python);
}
