import { availableParallelism } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../scripts/emulators/emulator.mjs";
import { startProgram, waitUntilReady } from "../processes.ts";
import { installPeer, peersFolder } from "./install-peer.ts";
import { plainTensor } from "./plain-tensor.ts";
import type { Server } from "./server.ts";

/**
 * LitServe with its fast queue (ZeroMQ), workers as many as processors and as many HTTP servers, as the parameters of
 * LitServer advise. Its batching is off: with batches of 8 to 64 it was slower in a run of the tiny model.
 */
export const litserve: Server = {
  name: "litserve",
  async install() {
    await installPeer("litserve");
  },
  async start({ model, modelFile, encoding, core, folder }) {
    const binFolder = await installPeer("litserve");
    const port = await freePort();
    const program = startProgram({
      name: "litserve",
      command: join(binFolder, "python"),
      args: [join(peersFolder, "litserve/server.py")],
      folder,
      environment: {
        BENCH_MODEL: modelFile,
        BENCH_ENCODING: encoding,
        BENCH_PORT: String(port),
        BENCH_WORKERS: String(core === undefined ? availableParallelism() : 1),
      },
      core,
    });
    const url = `http://127.0.0.1:${port}`;
    await waitUntilReady(program, `${url}/health`);
    return { program, url, ...plainTensor(model, encoding) };
  },
};
