import { join } from "node:path";
import { freePort } from "../../../scripts/emulators/emulator.mjs";
import { nodeBinary } from "../../../scripts/project.mjs";
import { startProgram, waitForPort } from "../processes.ts";
import type { LoadGenerator } from "./load-generator.ts";
import type { LoadFigures } from "./messages.ts";

/** What the generator reaches against a server that does next to nothing. */
export async function generatorMaximum(generator: LoadGenerator, seconds: number): Promise<LoadFigures> {
  const port = await freePort();
  const server = startProgram({
    name: "the empty server",
    command: nodeBinary,
    args: [join(import.meta.dirname, "empty-server.ts"), String(port)],
    folder: import.meta.dirname,
    environment: { NODE_NO_WARNINGS: "1" },
  });
  try {
    await waitForPort(server, port);
    return await generator.run({
      url: `http://127.0.0.1:${port}`,
      path: "/",
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify({ inputs: [[...Array(16).keys()]] })),
      concurrency: 64,
      warmUpSeconds: 0.5,
      seconds,
    });
  } finally {
    await server.stop();
  }
}
