import { availableParallelism } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../scripts/emulators/emulator.mjs";
import { startProgram, waitUntilReady } from "../processes.ts";
import { installPeer, peersFolder } from "./install-peer.ts";
import { plainTensor } from "./plain-tensor.ts";
import type { Server } from "./server.ts";

/**
 * FastAPI with orjson on uvicorn with uvloop and httptools, workers as many as processors, no access log.
 * https://fastapi.tiangolo.com/deployment/server-workers
 */
export const fastapi: Server = {
  name: "fastapi",
  async install() {
    await installPeer("fastapi");
  },
  async start({ model, modelFile, encoding, core }) {
    const binFolder = await installPeer("fastapi");
    const port = await freePort();
    const workers = core === undefined ? availableParallelism() : 1;
    const options = ["--host", "127.0.0.1", "--port", String(port), "--workers", String(workers)];
    const program = startProgram({
      name: "fastapi",
      command: join(binFolder, "python"),
      args: ["-m", "uvicorn", "server:app", ...options, "--no-access-log", "--log-level", "warning"],
      folder: join(peersFolder, "fastapi"),
      environment: { BENCH_MODEL: modelFile, PYTHONDONTWRITEBYTECODE: "1" },
      core,
    });
    const url = `http://127.0.0.1:${port}`;
    await waitUntilReady(program, `${url}/ready`);
    return { program, url, ...plainTensor(model, encoding) };
  },
};
