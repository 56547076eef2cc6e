// Packages of PyPI that tests and benchmarks need, in a virtual environment of their own that is kept between runs.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { installStep } from "./emulators/emulator.mjs";
import { findCommand } from "./project.mjs";
import { SetUpError } from "./pulumi-cli.mjs";
import { withSetUpLock } from "./set-up-lock.mjs";

/**
 * @param name what it is for, as messages call it
 * @param version another one makes another environment, e.g. that of the package that gives the name
 * @param packages what pip is to install, with exact versions
 * @param title of what is installed, for the progress
 * @param otherwise what can be done where there is no Python, besides installing it
 * @returns {Promise<string>} the environment's Python; its commands are beside it
 */
export async function pythonEnvironment({
  name,
  version,
  packages,
  cacheFolder,
  title = `${name} ${version}`,
  otherwise = "",
}) {
  const folder = join(cacheFolder, `${name}-${version}`);
  const python = join(folder, "bin", "python");
  const isThere = () => existsSync(join(folder, "installed"));
  // Two suites at once may want the same one.
  if (!isThere())
    await withSetUpLock(
      async () => isThere() || (await install({ name, title, packages, folder, python, otherwise })),
    );
  return python;
}

async function install({ name, title, packages, folder, python, otherwise }) {
  const system = findCommand("python3", "python");
  if (!system)
    throw new SetUpError(
      `${name} needs Python: install Python 3.10 or later with venv and pip (https://python.org)${otherwise}`,
    );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  await installStep(`making a virtual environment for ${name}`, system, ["-m", "venv", folder]);
  await installStep(`installing ${title}`, python, ["-m", "pip", "install", "--quiet", ...packages]);
  mkdirSync(join(folder, "installed"));
}
