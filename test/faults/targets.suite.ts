import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { engineFixture } from "../runtime/workflows/engine-fixture.ts";
import { type Ledger, startLedger } from "./ledger.ts";
import { createRandom } from "./random.ts";

describe("HTTP targets that are slow, or cut connections", function () {
  this.timeout(150_000);
  const fixture = engineFixture();
  const random = createRandom(7);
  let ledger: Ledger;

  before(async () => {
    // A third is slower than an attempt may take, a third is cut.
    ledger = await startLedger(async () => {
      const kind = random();
      await delay(kind < 0.33 ? 1500 : random() * 50);
      return { isCut: kind > 0.66 };
    });
  });
  after(async () => await ledger?.close());

  it("are asked again until they answer, under one key for each task", async () => {
    const tasks = Array.from(
      { length: 20 },
      (_, index) =>
        `  t${index}: {uses: http, timeout: 0.5, retries: {maximum: 60, initialInterval: 0.02, maximumInterval: 0.1}, with: {method: POST, idempotent: true, url: "${ledger.url}/effect"}}\n`,
    ).join("");
    const run = await fixture.wait(
      await fixture.start("troubled", tasks, { head: "concurrency: 8\n" }),
      undefined,
      120,
    );
    assert.equal(run.error, null);
    const keys = run.tasks.map(({ name }) => `${run.id}/${name}`);
    assert.deepEqual([...ledger.asked.keys()].sort(), keys.sort());
    const asked = [...ledger.asked.values()].reduce((sum, count) => sum + count, 0);
    const attempts = run.tasks.reduce((sum, task) => sum + task.attempts, 0);
    console.log(`      20 effects took ${asked} requests`);
    assert.equal(asked, attempts, "each attempt asked once");
    assert.ok(attempts > 20);
  });

  it("that never answer fail their task, and what is handled ends the run well", async () => {
    const dead = await startLedger(async () => ({ isCut: true }));
    try {
      const task = `  a: {uses: http, retries: {maximum: 2, initialInterval: 0}, fallback: {outputs: {status: 0}}, with: {url: "${dead.url}"}}\n`;
      const run = await fixture.wait(await fixture.start("dead", task));
      assert.deepEqual([run.state, run.tasks[0]?.outputs], ["succeeded", { status: 0 }]);
      assert.equal(run.tasks[0]?.attempts, 3);
    } finally {
      await dead.close();
    }
  });
});
