import { availableParallelism } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../scripts/emulators/emulator.mjs";
import { startProgram, waitUntilReady } from "../processes.ts";
import { installPeer, peersFolder } from "./install-peer.ts";
import { plainTensor } from "./plain-tensor.ts";
import type { RunningServer, Server, ServerTask } from "./server.ts";

/**
 * FastAPI as its documentation has it for the most speed: bodies and answers declared as Pydantic models, which checks
 * them and writes JSON in Rust (https://fastapi.tiangolo.com/advanced/custom-response/#json-performance), on uvicorn
 * with uvloop and httptools (https://www.uvicorn.org/#quickstart), workers as many as processors
 * (https://fastapi.tiangolo.com/deployment/server-workers), no access log.
 */
export const fastapi: Server = {
  name: "fastapi",
  install,
  start: (task) => startFastApi(task, plainTensor(task.model, task.encoding)),
};

/**
 * The same program asked where it goes around FastAPI: it takes the raw request, reads and writes JSON by orjson itself
 * and checks nothing.
 */
export const fastapiRaw: Server = {
  name: "fastapi-raw",
  unsupported: { binary: "binary tensors are raw with fastapi, too" },
  install,
  start(task) {
    const { request, readAnswer } = plainTensor(task.model, task.encoding);
    return startFastApi(task, { request: { ...request, path: "/json-raw" }, readAnswer });
  },
};

async function install(): Promise<void> {
  await installPeer("fastapi");
}

async function startFastApi(
  { modelFile, core }: ServerTask,
  asked: Pick<RunningServer, "request" | "readAnswer">,
): Promise<RunningServer> {
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
  return { program, url, ...asked };
}
