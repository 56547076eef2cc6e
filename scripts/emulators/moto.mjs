// S3, SQS and Secrets Manager: moto, from PyPI, in a virtual environment of its own.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findCommand } from "../project.mjs";
import { SetUpError } from "../pulumi-cli.mjs";
import { freePort, installStep, startServer } from "./emulator.mjs";

const VERSION = "5.2.5";
/** moto's own extra "server" brings every service's needs, 300 MB; these are what the services and the server need. */
const PACKAGES = [`moto[s3,sqs]==${VERSION}`, "flask==3.1.3", "flask-cors==6.0.5"];

/**
 * moto has no locks between a check and the write after it; so its threads take turns only where they wait, and what
 * is atomic at the service is so here.
 */
const MAIN = "import sys; sys.setswitchinterval(60); from moto.server import main; main()";

async function install(cacheFolder) {
  const folder = join(cacheFolder, `moto-${VERSION}`);
  const python = join(folder, "bin", "python");
  if (existsSync(join(folder, "installed"))) return python;
  const system = findCommand("python3", "python");
  if (!system)
    throw new SetUpError(
      "moto needs Python: install Python 3.10 or later with venv and pip (https://python.org)",
    );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cacheFolder, { recursive: true });
  await installStep("making a virtual environment for moto", system, ["-m", "venv", folder]);
  await installStep(`installing moto ${VERSION}`, python, ["-m", "pip", "install", "--quiet", ...PACKAGES]);
  mkdirSync(join(folder, "installed"));
  return python;
}

export default {
  name: "moto",
  suites: ["s3", "sqs", "aws-"],
  async start({ cacheFolder, dataFolder, host = "127.0.0.1" }) {
    const python = await install(cacheFolder);
    const port = await freePort(host);
    const stop = await startServer({
      name: "moto",
      command: python,
      args: ["-c", MAIN, "-H", host, "-p", String(port)],
      host,
      port,
      dataFolder,
    });
    return { environment: { SKYLOOM_TEST_MOTO: `http://${host}:${port}` }, stop };
  },
};
