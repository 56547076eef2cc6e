// Carries out workflows with BullMQ: {layers, runs} in, {} or {error} out. Arguments: folder with the packages, port of Redis.
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, port] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const { FlowProducer, QueueEvents, Worker } = require("bullmq");
const connection = { host: "127.0.0.1", port: Number(port), maxRetriesPerRequest: null };

new Worker("tasks", async () => ({}), { connection, concurrency: 100 });
const events = new QueueEvents("tasks", { connection });
const flows = new FlowProducer({ connection });
await events.waitUntilReady();

/** A job waits for its children: the last layer is the root's children, and so on down to the first. */
function flowOf(layers, layer) {
  const count = layers[layer];
  const below = layer > 0 ? [flowOf(layers, layer - 1)] : [];
  if (count === 1) return { name: "task", queueName: "tasks", children: below };
  // A layer's tasks need all of the layer before: one job joins that, the tasks are chained behind it by their parent.
  const [first, ...rest] = Array.from({ length: count }, () => ({ name: "task", queueName: "tasks" }));
  return { name: "join", queueName: "tasks", children: [{ ...first, children: below }, ...rest] };
}

process.on("message", async ({ layers, runs }) => {
  try {
    await Promise.all(
      Array.from({ length: runs }, async () => {
        const { job } = await flows.add(flowOf(layers, layers.length - 1));
        await job.waitUntilFinished(events);
      }),
    );
    process.send({});
  } catch (error) {
    process.send({ error: String(error) });
  }
});
