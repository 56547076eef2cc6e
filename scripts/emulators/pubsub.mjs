// Pub/Sub: Google's own in-memory server (pubsub/), built from its Go module.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildGoProgram, freePort, startServer } from "./emulator.mjs";

const folder = join(import.meta.dirname, "pubsub");

export default {
  name: "pubsub",
  suites: ["google-pubsub"],
  async start({ cacheFolder, dataFolder }) {
    const files = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
    );
    const version = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 12);
    const command = await buildGoProgram({ name: "pubsub", version, cacheFolder, files });
    const [port, controlPort] = [await freePort(), await freePort()];
    const args = [`127.0.0.1:${port}`, `127.0.0.1:${controlPort}`];
    const stop = await startServer({ name: "pubsub", command, args, port, dataFolder });
    return {
      environment: {
        SKYLOOM_TEST_PUBSUB: `http://127.0.0.1:${port}`,
        SKYLOOM_TEST_PUBSUB_CONTROL: `http://127.0.0.1:${controlPort}`,
      },
      stop,
    };
  },
};
