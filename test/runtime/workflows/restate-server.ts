import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { callsPerConnection } from "../../../runtime/workflows/calls-per-connection.ts";

// Not node_modules/.bin/restate-server: that is a Node script whose SIGKILL would leave the server itself behind.
const binary = createRequire(import.meta.resolve("@restatedev/restate-server/package.json")).resolve(
  `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`,
);

/** A real restate-server on free loopback ports; its data stay in `folder` over kills and starts. */
export interface RestateServer {
  readonly ingress: string;
  readonly admin: string;
  readonly pid: number;
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export async function startRestateServer(
  folder: string,
  environment: Record<string, string> = {},
): Promise<RestateServer> {
  const [ingress, admin, node] = await freePorts(3);
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    server = spawn(binary, [], {
      stdio: process.env.RESTATE_TEST_LOG ? "inherit" : "ignore",
      env: {
        PATH: process.env.PATH ?? "",
        RESTATE_DISABLE_TELEMETRY: "true",
        RESTATE_BASE_DIR: folder,
        RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
        RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
        RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
        RESTATE_DEFAULT_NUM_PARTITIONS: "2",
        RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE: "64 MB",
        RESTATE_BIFROST__RECORD_CACHE_MEMORY_SIZE: "16 MB",
        RESTATE_ADMIN__QUERY_ENGINE__MEMORY_SIZE: "64 MB",
        RESTATE_WORKER__INVOKER__MEMORY_LIMIT: "128 MB",
        RESTATE_WORKER__DATA_SERVICE_MEMORY_LIMIT: "32 MB",
        RESTATE_WORKER__INVOKER__HTTP2_INITIAL_MAX_SEND_STREAMS: String(callsPerConnection),
        ...environment,
      },
    });
    await Promise.all([
      healthy(`http://127.0.0.1:${admin}/health`),
      healthy(`http://127.0.0.1:${ingress}/restate/health`),
    ]);
  }

  await start();
  return {
    ingress: `http://127.0.0.1:${ingress}`,
    admin: `http://127.0.0.1:${admin}`,
    get pid() {
      return server?.pid ?? 0;
    },
    start,
    async kill() {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
      const exited = once(server, "exit");
      server.kill("SIGKILL");
      await exited;
    },
  };
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

async function healthy(url: string): Promise<void> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await delay(20)) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
  }
  throw new Error(`restate-server did not answer at ${url}`);
}
