import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildGoProgram } from "../../../scripts/emulators/emulator.mjs";
import { runWithProgress } from "../../../scripts/progress.mjs";
import { stateFolder, toolEnvironment } from "../../../scripts/project.mjs";
import { freePorts } from "../../../test/runtime/workflows/restate-server.ts";
import { startProgram, waitForPort } from "../../inference/processes.ts";
import type { Engine, EngineName } from "./engine.ts";
import { installPackages } from "./npm-packages.ts";
import { startPeerWorker } from "./peer-worker.ts";

const sdkVersion = "1.24.0";
const packages = Object.fromEntries(
  ["activity", "client", "testing", "worker", "workflow"].map((name) => [`@temporalio/${name}`, sdkVersion]),
);
const cliModule = "github.com/temporalio/cli";
// The newest whose Go modules are all published; its server is 1.29.1.
const cliVersion = "v1.5.1";
const cache = join(stateFolder, "bench", "temporal");
let server = "";

/** Workflows of Temporal's development server, which keeps them in SQLite; each task is an activity. */
export const temporal = engine(
  "temporal",
  "layered",
  "each task is an activity, begun eagerly by the worker; SQLite with journal_mode WAL and synchronous FULL",
);

/** Its tasks are done within the workflow's own task, as Skyloom's inline ones are. */
export const temporalLocal = engine(
  "temporal-local",
  "layeredLocally",
  "each task is a local activity; they are recorded together when the workflow waits, so that a crash repeats them",
);

function engine(name: EngineName, workflow: string, note: string): Engine {
  return {
    name,
    note,
    async install() {
      await installPackages("installing Temporal's SDK", cache, packages);
      server = await developmentServer();
    },
    async start(folder) {
      const [port = 0] = await freePorts(1);
      const program = startProgram({ name, command: server, args: serverArguments(folder, port), folder });
      await waitForPort(program, port);
      const args = [cache, `127.0.0.1:${port}`, workflow];
      const worker = startPeerWorker({ name: `${name} worker`, file: "temporal.mjs", args, folder });
      return {
        carryOut: worker.carryOut,
        async stop() {
          await worker.stop();
          await program.stop();
        },
      };
    },
  };
}

function serverArguments(folder: string, port: number): string[] {
  return [
    ...["server", "start-dev", "--headless", "--log-level", "error"],
    ...["--ip", "127.0.0.1", "--port", String(port), "--db-filename", join(folder, "temporal.db")],
    // Each commit is on the disk before it is answered, with one write instead of two.
    ...["--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=FULL"],
    ...["--dynamic-config-value", "system.enableActivityEagerExecution=true"],
  ];
}

/** Temporal's own download, by its SDK; where that is blocked, built from its Go module. */
async function developmentServer(): Promise<string> {
  const downloaded = join(cache, `temporal-${cliVersion}`);
  if (!existsSync(downloaded))
    await runWithProgress(
      `downloading Temporal ${cliVersion}`,
      process.execPath,
      [new URL("../peers/temporal-download.mjs", import.meta.url).pathname, cache, cliVersion],
      { env: toolEnvironment(), timeout: 300_000 },
    );
  const source = `${cliModule}/cmd/temporal`;
  const goModule = `module skyloom-temporal\n\ngo 1.25.0\n\ntool ${source}\n\nrequire ${cliModule} ${cliVersion}\n`;
  // Does nothing where the file is there.
  return buildGoProgram({
    name: "temporal",
    version: cliVersion,
    cacheFolder: cache,
    files: { "go.mod": goModule },
    target: source,
  });
}
