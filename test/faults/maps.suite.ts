import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Run } from "../../runtime/workflows/run.ts";
import { taskOf } from "../runtime/workflows/engine-fixture.ts";
import { type Replicas, startReplicasAndRestate } from "../runtime/workflows/replicas.ts";
import { temporaryFolder } from "../runtime/workflows/temporary-folder.ts";
import { waitForRun } from "../runtime/workflows/wait-for-run.ts";
import { gates } from "./gates.ts";
import { type Ledger, startLedger } from "./ledger.ts";
import { requestOf } from "./replica-client.ts";
import { until } from "./until.ts";

const concurrency = 4;
const count = 40;

describe("a map whose replicas are killed in its middle", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const gate = gates();
  let replicas: Replicas;
  let ledger: Ledger;

  before(async () => {
    // Effects of the first ten items are answered at once; of each ten that follow, when their gate is opened.
    ledger = await startLedger(async (key) => {
      const [run, task, item = "0"] = key.split("/");
      if (task === "each") await gate.passed(`${run}/${Math.floor(Number(item) / 10)}`);
      return { isCut: false };
    });
    replicas = await startReplicasAndRestate({
      count: 2,
      folder: folder.path,
    });
  });
  after(async () => {
    await replicas?.close();
    await ledger?.close();
  });

  const ask = <Answer>(replica: number, method: string, path: string, body?: unknown) =>
    requestOf<Answer>(replicas.all[replica]?.url ?? "", method, path, body);

  async function start(name: string, tasks: string): Promise<string> {
    await ask(0, "PUT", `/v1/workflows/${name}`, { specification: `name: ${name}\ntasks:\n${tasks}` });
    const { id } = await ask<Run>(0, "POST", "/v1/runs", { workflow: name });
    gate.open(`${id}/0`);
    return id;
  }

  const effects = (name: string) => {
    const call = `{uses: http, timeout: 120, with: {method: POST, idempotent: true, url: "${ledger.url}/item"}}`;
    const items = JSON.stringify(Array.from({ length: count }, (_, index) => index));
    return start(
      name,
      `  each: {uses: map, with: {over: ${items}, concurrency: ${concurrency}, do: ${call}}}\n`,
    );
  };

  const itemsOf = (id: string) => [...ledger.asked].filter(([key]) => key.startsWith(`${id}/each/`));

  /**
   * When as many are held as may run at once.
   * @returns the keys of all others: whoever begins an item has recorded the results of those before it
   */
  async function recordedWhenHeld(id: string, recorded: number): Promise<[key: string, asked: number][]> {
    await until(() => itemsOf(id).length === recorded + concurrency);
    return itemsOf(id).filter(([key]) => Number(key.split("/").at(-1)) < recorded);
  }

  async function assertAllOnce(id: string, recorded: [key: string, asked: number][]): Promise<void> {
    const run = await waitForRun(() => ask<Run>(1, "GET", `/v1/runs/${id}`), undefined, 60);
    assert.equal(run.error, null);
    const { results, ...counts } = taskOf(run, "each").outputs as { results: { status: number }[] };
    assert.deepEqual(counts, { count, succeeded: count, failed: [] });
    assert.deepEqual(taskOf(run, "each").items, { count, succeeded: count, failed: 0 });
    assert.deepEqual(
      results.map(({ status }) => status),
      new Array(count).fill(200),
    );
    for (const [key, asked] of recorded)
      assert.equal(ledger.asked.get(key), asked, `${key} was done again after it was recorded`);
    const keys = Array.from({ length: count }, (_, index) => `${id}/each/${index}`);
    assert.deepEqual(
      itemsOf(id)
        .map(([key]) => key)
        .sort(),
      keys.sort(),
      "each effect has one key",
    );
  }

  it("goes on at the replica that is left, whichever is killed", async () => {
    const id = await effects("one-left");
    const first = await recordedWhenHeld(id, 10);
    await replicas.all[0]?.kill();
    gate.open(`${id}/1`);
    const second = await recordedWhenHeld(id, 20);
    assert.deepEqual(
      first.map(([, asked]) => asked),
      new Array(10).fill(1),
    );
    await replicas.all[0]?.start();
    await replicas.all[1]?.kill();
    gate.open(`${id}/2`);
    const third = await recordedWhenHeld(id, 30);
    await replicas.all[1]?.start();
    gate.open(`${id}/3`);
    await assertAllOnce(id, [...first, ...second, ...third]);
  });

  it("goes on after all were killed and started again", async () => {
    const id = await effects("none-left");
    const recorded = await recordedWhenHeld(id, 10);
    await Promise.all(replicas.all.map((replica) => replica.kill()));
    for (const index of [1, 2, 3]) gate.open(`${id}/${index}`);
    await Promise.all(replicas.all.map((replica) => replica.start()));
    await assertAllOnce(id, recorded);
  });

  it("is cancelled: nothing more begins, what runs is ended on every replica, and what was done is undone once", async () => {
    const marks = join(folder.path, "cancelled");
    const script = `echo \${index} $$ >> ${marks}; sleep 300`;
    const call = (path: string) => `{method: POST, idempotent: true, url: "${ledger.url}/${path}"}`;
    const id = await start(
      "cancelled",
      `  book: {uses: http, with: ${call("book")}, compensation: {uses: http, with: ${call("undo")}}}
  each:
    uses: map
    needs: [book]
    with: {over: [0, 1, 2, 3, 4, 5, 6, 7], concurrency: ${concurrency}, do: {uses: script, timeout: 300, with: {command: [sh, -c, "${script}"]}}}
`,
    );
    const begun = async () =>
      (await readFile(marks, "utf8").catch(() => ""))
        .trim()
        .split("\n")
        .map((line) => line.split(" ").map(Number) as [index: number, pid: number]);
    await until(async () => (await begun()).length === concurrency);
    await Promise.all([
      replicas.all[0]?.kill(),
      ask(1, "POST", `/v1/runs/${id}:cancel`, { reason: "no longer needed" }),
    ]);
    const run = await waitForRun(() => ask<Run>(1, "GET", `/v1/runs/${id}`), undefined, 60);
    assert.deepEqual(
      [run.state, run.error, ...run.tasks.map(({ state }) => state)],
      ["cancelled", "no longer needed", "succeeded", "cancelled"],
    );
    assert.equal(taskOf(run, "book").compensation?.state, "succeeded");
    assert.deepEqual(
      [...ledger.asked].filter(([key]) => key.startsWith(`${id}/`)),
      [
        [`${id}/book`, 1],
        [`${id}/book/compensation`, 1],
      ],
    );
    const items = await begun();
    assert.ok(
      items.every(([index]) => index < concurrency),
      "none begins after the cancel",
    );
    await until(() => items.every(([, pid]) => !isRunning(pid)));
    await replicas.all[0]?.start();
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
