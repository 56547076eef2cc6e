import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Provider } from "@pulumi/pulumi/provider/index.js";
import { readRecord } from "../../../components/clouds/local/processes/process-record.ts";
import { createProcessTable } from "../../../components/clouds/local/processes/process-table.ts";
import { stopProcess } from "../../../components/clouds/local/processes/stop-process.ts";
import { createSkyloomProvider } from "../../../components/provider/skyloom-provider.ts";

export type Properties = Record<string, unknown>;

/** As the engine marks a secret. */
export const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const urn = (type: string, name = "one") => `urn:pulumi:test::skyloom::skyloom:local:${type}::${name}`;

/** A server on the ports in PORT; what else it does is in its environment. */
const program = `
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
const { PORT, SAYS, EXITS, IGNORES_TERM, CHILDREN, ALLOCATES, SICK_FILE, STAYS } = process.env;
if (SAYS) console.log(SAYS);
if (IGNORES_TERM) process.on("SIGTERM", () => {});
if (ALLOCATES) Buffer.alloc(Number(ALLOCATES), 1);
if (CHILDREN) {
  const sleep = (detached) => spawn("sleep", ["300"], { detached, stdio: "ignore" }).pid;
  writeFileSync(CHILDREN, JSON.stringify([sleep(false), sleep(true)]));
}
if (STAYS) setInterval(() => {}, 60_000);
if (EXITS) process.exit(Number(EXITS));
const server = createServer((request, response) => {
  response.statusCode = SICK_FILE && existsSync(SICK_FILE) ? 503 : 200;
  response.end(request.url);
});
if (PORT) server.listen(Number(PORT), "127.0.0.1");
`;

export interface Fixture {
  folder: string;
  provider: Required<Provider>;
  /** Inputs of a process that serves HTTP on the port. */
  processInputs(port: number, changes?: Properties): Properties & { stateFolder: string };
  /** Inputs of a process as above with more in its environment. */
  withEnvironment(port: number, environment: Properties): Properties & { stateFolder: string };
  /** Stops what the test started and removes its folder. */
  remove(): Promise<void>;
}

export function createFixture(): Fixture {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "skyloom-provider-"));
  const file = join(folder, "program.mjs");
  writeFileSync(file, program);
  const stateFolders = new Set<string>();

  const processInputs = (port: number, changes: Properties = {}) => {
    const inputs = {
      name: "one",
      command: [process.execPath, file],
      workingDirectory: folder,
      environment: { PORT: String(port) },
      ports: [{ name: "http", host: "127.0.0.1", port }],
      healthCheck: { url: `http://127.0.0.1:${port}/healthz`, timeoutSeconds: 10 },
      limits: {},
      stateFolder: join(folder, "processes", "one"),
      stopSeconds: 5,
      ...changes,
    };
    stateFolders.add(inputs.stateFolder);
    return inputs;
  };
  return {
    folder,
    provider: createSkyloomProvider() as Required<Provider>,
    processInputs,
    withEnvironment: (port, environment) =>
      processInputs(port, { environment: { PORT: String(port), ...environment } }),
    async remove() {
      for (const stateFolder of stateFolders) await stopProcess(stateFolder, createProcessTable());
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function recordOf(stateFolder: string) {
  const record = readRecord(stateFolder);
  if (record === undefined) throw new Error(`nothing runs from ${stateFolder}`);
  return record;
}

export const isRunning = (pid: number) => createProcessTable().find(pid) !== undefined;

/** A TCP port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
