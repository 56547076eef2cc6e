import assert from "node:assert/strict";
import { createInference } from "../../../runtime/inference/engine.ts";
import type { Inference } from "../../../runtime/inference/inference.ts";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import type { RunningServer } from "../../../runtime/server.ts";
import { temporaryStore } from "../inference/models.ts";
import { slowModel, slowRequest, slowTimes } from "../inference/slow-model.ts";
import { serveInference } from "./serve-inference.ts";

describe("inference routes: requests that have to wait", () => {
  let remove: () => Promise<void>;
  let inference: Inference;
  let server: RunningServer;

  before(async () => {
    const repository = await temporaryStore();
    remove = repository.remove;
    await publishModel(repository.store, { ...slowModel(), queue: { maximumLength: 2, priorityLevels: 2 } });
    inference = createInference({ store: repository.store, workers: 1 });
    await inference.ready("slow");
    server = await serveInference(inference);
  });
  after(async () => {
    await server.stop(0);
    await inference.close();
    await remove();
  });

  async function ask(value: number, { times, ...parameters }: Record<string, number> = {}) {
    const response = await fetch(`http://127.0.0.1:${server.port}/v2/models/slow/infer`, {
      method: "POST",
      body: JSON.stringify(slowRequest(value, times, parameters)),
    });
    const body = (await response.json()) as { code?: string; outputs?: { data: number[] }[] };
    return { status: response.status, retryAfter: response.headers.get("Retry-After"), body };
  }

  it("answers what finds no place in the queue with 503 and the time to try again", async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((value) => ask(value)));
    const refused = answers.filter(({ status }) => status !== 200);
    assert.ok(refused.length >= 1 && refused.length <= 3, String(refused.length));
    for (const { status, retryAfter, body } of refused) {
      assert.deepEqual([status, body.code], [503, "overloaded"]);
      assert.ok(Number(retryAfter) >= 1);
    }
  });

  it("answers at the request's timeout, also while the graph still runs, and then serves others", async () => {
    const { status, body } = await ask(1, { timeout: 5000 });
    assert.deepEqual([status, body.code], [504, "request-timeout"]);
    assert.deepEqual((await ask(2, { times: 1 })).body.outputs?.[0]?.data, [2]);
  });

  it("takes requests of a higher priority first", async () => {
    const order: string[] = [];
    const note = async (name: string, times: number, priority: number) => {
      await inference.infer("slow", undefined, slowRequest(1, times, { priority }));
      order.push(name);
    };
    await Promise.all([note("running", slowTimes, 0), note("low", 1, 2), note("high", 1, 1)]);
    assert.deepEqual(order, ["running", "high", "low"]);
  });
});
