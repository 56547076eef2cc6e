import assert from "node:assert/strict";
import { join } from "node:path";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import type { Run } from "../../../runtime/workflows/run.ts";
import { createRunRepository } from "../../../runtime/workflows/run-repository.ts";
import { createRunRetention } from "../../../runtime/workflows/run-retention.ts";
import { silentLogger } from "./engine-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const day = 86_400_000;
const today = Date.parse("2026-06-01T00:00:00Z");

describe("retention of runs", () => {
  const folder = temporaryFolder();
  let count = 0;

  function setUp(days = 90) {
    const store = createLocalObjectStore({ folder: join(folder.path, String(count++)) });
    const runs = createRunRepository(store);
    const resubmitted: string[] = [];
    let time = today;
    const retention = () =>
      createRunRetention({
        store,
        runs,
        logger: silentLogger,
        days,
        resubmit: async ({ id }) => void resubmitted.push(id),
        now: () => time,
      });
    async function record(id: string, createdDaysAgo: number, endedDaysAgo?: number): Promise<void> {
      const at = (ago: number) => new Date(time - ago * day).toISOString();
      const run: Run = {
        id,
        workflow: "w",
        version: 1,
        state: "pending",
        createdAt: at(createdDaysAgo),
        startedAt: null,
        finishedAt: null,
        inputs: {},
        outputs: null,
        error: null,
        tasks: [],
      };
      await runs.recordStart(run);
      await store.put(`runs/${id}/logs/a/1.log`, "text");
      if (endedDaysAgo !== undefined)
        await runs.recordEnd({ ...run, state: "succeeded", finishedAt: at(endedDaysAgo) });
    }
    const keys = async () => (await store.list()).objects.map(({ key }) => key);
    return {
      store,
      runs,
      retention,
      record,
      keys,
      resubmitted,
      later: (milliseconds: number) => (time += milliseconds),
    };
  }

  it("removes what ended too long ago, with its logs, and nothing else", async () => {
    const { store, retention, record, keys, resubmitted } = setUp();
    await record("old", 100, 95);
    await record("long", 100, 10);
    await record("waits", 100);
    await record("new", 1, 1);
    await store.put("runs-elsewhere/old/x", "kept");
    assert.equal(await retention().sweep(), 1);
    const left = (await keys()).map((key) => key.split("/").at(-1)?.replace(/^\d+-/, ""));
    assert.ok(!left.includes("old") && !left.includes("old.json"), String(left));
    assert.equal((await keys()).filter((key) => key.startsWith("runs/")).length, 6);
    assert.ok((await keys()).includes("runs-elsewhere/old/x"));
    assert.deepEqual(resubmitted, ["waits"]);
  });

  it("is done by one of several replicas, once an hour, and gone on with after an interruption", async () => {
    const { store, retention, record, later, runs } = setUp();
    await record("old", 100, 95);
    const results = await Promise.all([retention().sweep(), retention().sweep()]);
    assert.deepEqual(
      results.filter((result) => result !== undefined),
      [1],
    );
    assert.equal(await retention().sweep(), undefined);
    await record("older", 100, 95);
    // An earlier sweep came no further than its logs.
    await store.delete("runs/older/logs/a/1.log");
    later(2 * 3_600_000);
    assert.equal(await retention().sweep(), 1);
    assert.equal(await runs.read("older"), undefined);
  });

  it("of 0 days keeps all", async () => {
    const { retention, record, runs } = setUp(0);
    await record("old", 4000, 4000);
    assert.equal(await retention().sweep(), 0);
    assert.ok(await runs.read("old"));
  });
});
