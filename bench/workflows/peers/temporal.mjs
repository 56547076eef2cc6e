// Carries out workflows with Temporal: {layers, runs} in, {} or {error} out.
// Arguments: folder with the packages, address of the server, name of the workflow.
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, address, workflow] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const { Client, Connection } = require("@temporalio/client");
const { NativeConnection, Runtime, Worker, DefaultLogger } = require("@temporalio/worker");

const taskQueue = "bench";
// As many as the largest layer has.
const atOnce = 1000;

Runtime.install({ logger: new DefaultLogger("ERROR") });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowsPath: new URL("temporal-workflows.mjs", import.meta.url).pathname,
  bundlerOptions: {
    // The packages are in a folder of their own.
    webpackConfigHook: (configuration) => {
      configuration.resolve = { ...configuration.resolve, modules: [join(folder, "node_modules")] };
      return configuration;
    },
  },
  activities: { nothing: async () => ({}) },
  maxConcurrentActivityTaskExecutions: atOnce,
  maxConcurrentLocalActivityExecutions: atOnce,
});
worker.run().catch((error) => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
const client = new Client({ connection: await Connection.connect({ address }) });

process.on("message", async ({ layers, runs }) => {
  try {
    await Promise.all(
      Array.from({ length: runs }, () =>
        client.workflow.execute(workflow, { taskQueue, workflowId: randomUUID(), args: [layers] }),
      ),
    );
    process.send({});
  } catch (error) {
    process.send({ error: String(error.cause ?? error) });
  }
});
