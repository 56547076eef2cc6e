// Packages of PyPI that tests need, in a virtual environment of their own that is kept between runs.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { installStep } from "./emulators/emulator.mjs";
import { findCommand } from "./project.mjs";
import { SetUpError } from "./pulumi-cli.mjs";
import { withSetUpLock } from "./set-up-lock.mjs";

/**
 * @param name what it is for, as messages call it
 * @param version of the package that gives the name; another one makes another environment
 * @param packages each with its exact version
 * @returns {Promise<string>} the environment's Python
 */
export async function pythonEnvironment({ name, version, packages, cacheFolder }) {
  const folder = join(cacheFolder, `${name}-${version}`);
  const python = join(folder, "bin", "python");
  const isThere = () => existsSync(join(folder, "installed"));
  // Two suites at once may want the same one.
  if (!isThere())
    await withSetUpLock(async () => isThere() || (await install(name, version, packages, folder)));
  return python;
}

async function install(name, version, packages, folder) {
  const python = join(folder, "bin", "python");
  const system = findCommand("python3", "python");
  if (!system)
    throw new SetUpError(
      `${name} needs Python: install Python 3.10 or later with venv and pip (https://python.org)`,
    );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  await installStep(`making a virtual environment for ${name}`, system, ["-m", "venv", folder]);
  await installStep(`installing ${name} ${version}`, python, [
    "-m",
    "pip",
    "install",
    "--quiet",
    ...packages,
  ]);
  mkdirSync(join(folder, "installed"));
}
