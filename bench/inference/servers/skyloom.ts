import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { publishModel } from "../../../runtime/inference/publish-model.ts";
import { createObjectStore } from "../../../runtime/object-store/create-object-store.ts";
import { freePort } from "../../../scripts/emulators/emulator.mjs";
import { nodeBinary, projectFolder } from "../../../scripts/project.mjs";
import { startProgram, waitUntilReady } from "../processes.ts";
import { openInference } from "./open-inference.ts";
import type { Server, ServerTask } from "./server.ts";

/** Requests that the benchmark has under way at most. */
const MANY_ROWS = 64;

/** The runtime as it is deployed, without the parts that inference does not need. */
export const skyloom: Server = {
  name: "skyloom",
  async start(task) {
    const { model, core, folder } = task;
    const bucket = await publish(task);
    const port = await freePort();
    const program = startProgram({
      name: "skyloom",
      command: nodeBinary,
      args: [
        "--disable-warning=ExperimentalWarning",
        "--single-threaded-gc",
        join(projectFolder, "runtime/main.ts"),
      ],
      folder,
      environment: {
        NODE_ENV: "production",
        SKYLOOM_PORT: String(port),
        SKYLOOM_BUCKET: bucket,
        SKYLOOM_QUEUE: `sqlite://${join(folder, "queue.sqlite")}`,
        SKYLOOM_SERVE_WORKFLOWS: "false",
        SKYLOOM_CONSUME_QUEUE: "false",
      },
      core,
    });
    const url = `http://127.0.0.1:${port}`;
    await waitUntilReady(program, `${url}/v2/models/${model.name}/ready`);
    return { program, url, ...openInference(model, task.encoding) };
  },
};

/** @returns the URL of a bucket with the model in it */
async function publish({ model, folder }: ServerTask): Promise<string> {
  const bucketFolder = join(folder, "bucket");
  mkdirSync(bucketFolder);
  const bucket = pathToFileURL(bucketFolder).href;
  const file = `${model.name}.onnx`;
  await publishModel(await createObjectStore(bucket), {
    name: model.name,
    description: model.description,
    model: file,
    inputs: [model.input],
    outputs: [model.output],
    batching: { maximumSize: MANY_ROWS },
    metrics: {},
    lineage: {},
    files: { [file]: model.onnx },
  });
  return bucket;
}
