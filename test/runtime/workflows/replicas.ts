import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePorts, startRestateServer } from "./restate-server.ts";

/** One of several processes with an engine, all of which Restate reaches under one address. */
export interface Replica {
  /** Of its routes. */
  readonly url: string;
  readonly pid: number;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM, to the end of what it had begun. */
  stop(): Promise<void>;
  /** Again, after either. */
  start(): Promise<void>;
}

export interface Replicas {
  readonly all: Replica[];
  close(): Promise<void>;
}

export interface ReplicaSettings {
  count: number;
  bucket: string;
  restateIngress: string;
  restateAdmin: string;
  /** Arguments for Node. Default: none. */
  nodeOptions?: string[];
  environment?: Record<string, string>;
  /** A command that executes the one in its last arguments, as the same process. Default: none. */
  prefix?: string[];
}

/**
 * With a Restate of their own, which `close` ends too.
 * @param folder holds what Restate keeps, and the bucket where none is given
 */
export async function startReplicasAndRestate({
  folder,
  bucket = join(folder, "bucket"),
  ...settings
}: { folder: string; bucket?: string } & Omit<
  ReplicaSettings,
  "bucket" | "restateIngress" | "restateAdmin"
>): Promise<Replicas> {
  const restate = await startRestateServer(join(folder, "restate"));
  try {
    const { ingress, admin } = restate;
    const replicas = await startReplicas({
      ...settings,
      bucket,
      restateIngress: ingress,
      restateAdmin: admin,
    });
    return {
      ...replicas,
      async close() {
        await replicas.close();
        await restate.kill();
      },
    };
  } catch (error) {
    await restate.kill();
    throw error;
  }
}

export async function startReplicas(settings: ReplicaSettings): Promise<Replicas> {
  const ports = await freePorts(settings.count);
  const balancer = await startBalancer(ports);
  const all = ports.map((port) => createReplica(port, balancer.url, settings));
  await Promise.all(all.map((replica) => replica.start()));
  return {
    all,
    async close() {
      await Promise.all(all.map((replica) => replica.kill()));
      await balancer.close();
    },
  };
}

function createReplica(port: number, workflowUrl: string, settings: ReplicaSettings): Replica {
  const { bucket, restateIngress, restateAdmin, nodeOptions = [], environment, prefix = [] } = settings;
  const file = fileURLToPath(new URL("./engine-process.ts", import.meta.url));
  let process_: ChildProcess | undefined;
  let url = "";

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (process_ === undefined || process_.exitCode !== null || process_.signalCode !== null) return;
    const exited = once(process_, "exit");
    process_.kill(signal);
    await exited;
  }

  return {
    get url() {
      return url;
    },
    get pid() {
      return process_?.pid ?? 0;
    },
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    async start() {
      const engine = { bucket, restateIngress, restateAdmin, workflowPort: port, workflowUrl };
      const node = [process.execPath, "--no-warnings", ...nodeOptions, file, JSON.stringify(engine)];
      const [command = "", ...parameters] = [...prefix, ...node];
      process_ = spawn(command, parameters, {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, ...environment },
      });
      const lines = createInterface(process_.stdout as NonNullable<typeof process_.stdout>);
      const [line] = (await Promise.race([
        once(lines, "line"),
        once(process_, "exit").then(() => Promise.reject(new Error("the replica ended at its start"))),
      ])) as [string];
      url = line;
    },
  };
}

/** As a service of Kubernetes does: each connection goes to one of the ports that answer, in turn. */
async function startBalancer(ports: number[]): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let turn = 0;

  function forward(client: Socket, left: number): void {
    const port = ports[turn++ % ports.length] ?? 0;
    const upstream = connect(port, "127.0.0.1");
    sockets.add(upstream);
    upstream.once("connect", () => {
      client.pipe(upstream);
      upstream.pipe(client);
      const end = () => {
        client.destroy();
        upstream.destroy();
      };
      for (const socket of [client, upstream]) socket.once("close", end).on("error", end);
    });
    upstream.once("error", () => {
      sockets.delete(upstream);
      if (upstream.connecting || client.bytesWritten === 0) {
        if (left > 1) forward(client, left - 1);
        else client.destroy();
      }
    });
    upstream.once("close", () => sockets.delete(upstream));
  }

  const server = createServer((client) => {
    sockets.add(client);
    client.once("close", () => sockets.delete(client));
    client.on("error", () => undefined);
    forward(client, ports.length);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
