import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installStep } from "../../../scripts/emulators/emulator.mjs";
import { findCommand, stateFolder } from "../../../scripts/project.mjs";
import { freePorts } from "../../../test/runtime/workflows/restate-server.ts";
import { ask, startProgram, waitForPort } from "../../inference/processes.ts";
import type { Engine } from "./engine.ts";

const packages = { bullmq: "6.7.0", ioredis: "6.0.0" };
const cache = join(stateFolder, "bench", "bullmq");

/** Flows of BullMQ on a Redis that writes each change to disk before it answers. */
export const bullmq: Engine = {
  name: "bullmq",
  note: "each layer of a flow has one parent job that joins it; Redis with appendonly and appendfsync always",
  async install() {
    if (findCommand("redis-server") === undefined)
      throw new Error(
        "Redis is missing: install redis-server (Debian, Ubuntu: apt-get install redis-server)",
      );
    mkdirSync(cache, { recursive: true });
    writeFileSync(
      join(cache, "package.json"),
      JSON.stringify({ private: true, type: "module", dependencies: packages }),
    );
    const npm = findCommand("npm") ?? "npm";
    await installStep("installing BullMQ", npm, [
      "install",
      "--prefix",
      cache,
      "--no-audit",
      "--no-fund",
      "--silent",
    ]);
  },
  async start(folder) {
    const [port = 0] = await freePorts(1);
    const redis = startProgram({
      name: "redis",
      command: "redis-server",
      args: [
        ...["--bind", "127.0.0.1", "--port", String(port), "--save", ""],
        ...["--appendonly", "yes", "--appendfsync", "always", "--dir", folder],
      ],
      folder,
    });
    await waitForPort(redis, port);
    const worker = startProgram({
      name: "bullmq",
      command: process.execPath,
      args: [new URL("../peers/bullmq.mjs", import.meta.url).pathname, cache, String(port)],
      folder,
      ipc: true,
    });
    return {
      async carryOut({ layers, runs }) {
        const { error } = await ask<{ error?: string }>(worker, { layers, runs });
        if (error !== undefined) throw new Error(error);
      },
      async stop() {
        await worker.stop();
        await redis.stop();
      },
    };
  },
};
