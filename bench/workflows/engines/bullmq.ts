import { join } from "node:path";
import { findCommand, stateFolder } from "../../../scripts/project.mjs";
import { freePorts } from "../../../test/runtime/workflows/restate-server.ts";
import { startProgram, waitForPort } from "../../inference/processes.ts";
import type { Engine, EngineName } from "./engine.ts";
import { installPackages } from "./npm-packages.ts";
import { startPeerWorker } from "./peer-worker.ts";

const packages = { bullmq: "6.7.0", ioredis: "6.0.0" };
const cache = join(stateFolder, "bench", "bullmq");

/**
 * Flows of BullMQ on a Redis that writes each change to disk before it answers: stricter than BullMQ's documentation advises
 * (https://docs.bullmq.io/guide/going-to-production), and the only one as durable as Restate.
 */
export const bullmq = engine("bullmq", "always", "Redis writes each change to the disk before it answers");

/** The same as its documentation advises, by Redis's default: what the last second changed is lost with the machine. */
export const bullmqEverysec = engine(
  "bullmq-everysec",
  "everysec",
  "Redis writes to the disk once a second, as BullMQ's documentation advises: not durable as the others are",
);

function engine(name: EngineName, appendfsync: "always" | "everysec", durability: string): Engine {
  return {
    name,
    note: `each layer of a flow has one parent job that joins it; ${durability} (appendfsync ${appendfsync})`,
    async install() {
      if (findCommand("redis-server") === undefined)
        throw new Error(
          "Redis is missing: install redis-server (Debian, Ubuntu: apt-get install redis-server)",
        );
      await installPackages("installing BullMQ", cache, packages);
    },
    async start(folder) {
      const [port = 0] = await freePorts(1);
      const redis = startProgram({
        name: "redis",
        command: "redis-server",
        args: [
          ...["--bind", "127.0.0.1", "--port", String(port), "--save", ""],
          ...["--appendonly", "yes", "--appendfsync", appendfsync, "--dir", folder],
        ],
        folder,
      });
      await waitForPort(redis, port);
      const worker = startPeerWorker({ name, file: "bullmq.mjs", args: [cache, String(port)], folder });
      return {
        carryOut: worker.carryOut,
        async stop() {
          await worker.stop();
          await redis.stop();
        },
      };
    },
  };
}
