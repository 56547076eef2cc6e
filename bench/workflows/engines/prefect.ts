import { join } from "node:path";
import { stateFolder } from "../../../scripts/project.mjs";
import { pythonEnvironment } from "../../../scripts/python-environment.mjs";
import { freePorts } from "../../../test/runtime/workflows/restate-server.ts";
import { startProgram, waitForPort, waitUntilReady } from "../../inference/processes.ts";
import type { Engine } from "./engine.ts";

const version = "3.9.1";
const cacheFolder = join(stateFolder, "bench");
let python = "";

/** Flows of Prefect with a server of its own and its default database, SQLite. */
export const prefect: Engine = {
  name: "prefect",
  note: "task runs are kept by the server as they report themselves; a flow whose process is lost begins anew",
  async install() {
    python = await pythonEnvironment({
      name: "prefect",
      version,
      packages: [`prefect==${version}`],
      cacheFolder,
      otherwise: ", or leave prefect out of --peers",
    });
  },
  async start(folder) {
    const [port = 0, flowsPort = 0] = await freePorts(2);
    const environment = {
      PREFECT_HOME: folder,
      PREFECT_API_URL: `http://127.0.0.1:${port}/api`,
      PREFECT_SERVER_ANALYTICS_ENABLED: "false",
      PREFECT_LOGGING_LEVEL: "ERROR",
      DO_NOT_TRACK: "1",
    };
    const server = startProgram({
      name: "prefect",
      command: join(python, "..", "prefect"),
      args: ["server", "start", "--host", "127.0.0.1", "--port", String(port)],
      folder,
      environment,
    });
    await waitUntilReady(server, `http://127.0.0.1:${port}/api/health`);
    const flows = startProgram({
      name: "prefect flows",
      command: python,
      args: [new URL("../peers/prefect_flows.py", import.meta.url).pathname, String(flowsPort)],
      folder,
      environment,
    });
    await waitForPort(flows, flowsPort);
    return {
      async carryOut({ layers, runs }) {
        const body = JSON.stringify({ layers, runs });
        const response = await fetch(`http://127.0.0.1:${flowsPort}`, { method: "POST", body });
        const answer = await response.text();
        if (!response.ok) throw new Error(answer);
      },
      async stop() {
        await flows.stop();
        await server.stop();
      },
    };
  },
};
