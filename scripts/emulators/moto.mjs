// S3, SQS and Secrets Manager: moto, from PyPI, in a virtual environment of its own.
import { pythonEnvironment } from "../python-environment.mjs";
import { freePort, startServer } from "./emulator.mjs";

const VERSION = "5.2.5";
/** moto's own extra "server" brings every service's needs, 300 MB; these are what the services and the server need. */
const PACKAGES = [`moto[s3,sqs]==${VERSION}`, "flask==3.1.3", "flask-cors==6.0.5"];

/**
 * moto has no locks between a check and the write after it; so its threads take turns only where they wait, and what
 * is atomic at the service is so here.
 */
const MAIN = "import sys; sys.setswitchinterval(60); from moto.server import main; main()";

export default {
  name: "moto",
  suites: ["s3", "sqs", "aws-"],
  async start({ cacheFolder, dataFolder, host = "127.0.0.1" }) {
    const python = await pythonEnvironment({
      name: "moto",
      version: VERSION,
      packages: PACKAGES,
      cacheFolder,
    });
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
