import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../scripts/emulators/emulator.mjs";
import { startProgram, waitUntilReady } from "../processes.ts";
import { installPeer, peersFolder } from "./install-peer.ts";
import { openInference } from "./open-inference.ts";
import type { Server, ServerTask } from "./server.ts";

/**
 * MLServer with uvloop and orjson, which it takes where they are installed; without the access log of its debug mode,
 * and with inference in the server's own process: each pool of workers and each size of batches that its documentation
 * offers (user-guide/parallel-inference, user-guide/adaptive-batching) was slower on two processors.
 */
export const mlserver: Server = {
  name: "mlserver",
  unsupported: { binary: "MLServer has no binary tensors over HTTP" },
  async install() {
    await installPeer("mlserver");
  },
  async start(task) {
    const { model, core, folder } = task;
    const binFolder = await installPeer("mlserver");
    const [port, grpcPort, metricsPort] = [await freePort(), await freePort(), await freePort()];
    writeSettings(task, { http_port: port, grpc_port: grpcPort, metrics_port: metricsPort });
    const program = startProgram({
      name: "mlserver",
      command: join(binFolder, "python"),
      args: [join(binFolder, "mlserver"), "start", folder],
      folder,
      environment: { PYTHONPATH: join(peersFolder, "mlserver") },
      core,
    });
    const url = `http://127.0.0.1:${port}`;
    await waitUntilReady(program, `${url}/v2/models/${model.name}/ready`);
    return { program, url, ...openInference(model, task.encoding) };
  },
};

function writeSettings({ model, modelFile, folder }: ServerTask, ports: Record<string, number>): void {
  const write = (file: string, settings: object) =>
    writeFileSync(join(folder, file), JSON.stringify(settings, null, 2));
  write("settings.json", {
    debug: false,
    host: "127.0.0.1",
    parallel_workers: 0,
    ...ports,
  });
  write("model-settings.json", {
    name: model.name,
    implementation: "onnx_runtime.OnnxRuntime",
    parameters: { uri: modelFile },
  });
}
