import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Run } from "../../../runtime/workflows/run.ts";
import { engineFixture, statesOf } from "./engine-fixture.ts";
import { waitForRun } from "./wait-for-run.ts";

describe("pauses and cancels of runs on a real Restate", function () {
  this.timeout(120_000);
  const fixture = engineFixture();
  const { start, wait } = fixture;

  /** A run with a script that ends when the file `go` is there, and a task behind it. */
  async function held(name: string) {
    const [begun, go] = [join(fixture.folder, `${name}-begun`), join(fixture.folder, `${name}-go`)];
    const command = `touch ${begun}; while [ ! -e ${go} ]; do sleep 0.05; done`;
    const run = await start(
      name,
      `  a: {uses: script, with: {command: [sh, -c, "${command}"]}}\n  b: {uses: decide, needs: [a], with: {outputs: {}}}\n`,
    );
    await waitForRun(
      async () => {
        await readFile(begun);
        return run;
      },
      () => true,
    );
    return { run, go: () => writeFile(go, "") };
  }

  async function cancelThroughRestate(runId: string): Promise<void> {
    const ask = (path: string, method: string, body?: unknown) =>
      fetch(new URL(path, fixture.restate.admin), {
        method,
        headers: { accept: "application/json", "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const query = `select id from sys_invocation where target_service_key = '${runId}' and target_handler_name = 'run'`;
    const { rows } = (await (await ask("/query", "POST", { query })).json()) as { rows: { id: string }[] };
    assert.equal((await ask(`/invocations/${rows[0]?.id}/cancel`, "PATCH")).status, 202);
  }

  it("begins no task until the run is resumed; what is under way ends", async () => {
    const { run, go } = await held("paused");
    const { engine } = fixture;
    const paused = await waitForRun(
      () => engine.pauseRun(run.id),
      (now) => now.paused === true,
    );
    assert.equal(paused.state, "running");
    await go();
    const waiting = await wait(run, (now) => now.state === "waiting");
    assert.deepEqual([waiting.paused, statesOf(waiting)], [true, { a: "succeeded", b: "pending" }]);
    await engine.resumeRun(run.id);
    const done = await wait(run);
    assert.deepEqual(
      [done.state, done.paused, statesOf(done)],
      ["succeeded", undefined, { a: "succeeded", b: "succeeded" }],
    );
    await assert.rejects(engine.pauseRun(run.id), { code: "run-ended", status: 409 });
  });

  it("reaches a run of many short tasks before they have ended, and so does a cancel through Restate", async () => {
    const { engine } = fixture;
    const tasks = Array.from(
      { length: 500 },
      (_, index) =>
        `  t${index}: {needs: [${index === 0 ? "" : `t${index - 1}`}], uses: decide, with: {outputs: {}}}\n`,
    ).join("");
    const count = (run: Run, state: string) => run.tasks.filter((task) => task.state === state).length;
    const run = await start("short-tasks", tasks, { pace: 0.05 });
    await engine.pauseRun(run.id);
    const waiting = await wait(run, (now) => now.state === "waiting");
    assert.equal(waiting.paused, true);
    assert.ok(count(waiting, "pending") > 0);
    await engine.resumeRun(run.id);
    await wait(run, (now) => count(now, "pending") < count(waiting, "pending"));
    await cancelThroughRestate(run.id);
    const done = await wait(run);
    assert.equal(done.state, "cancelled");
    assert.ok(count(done, "cancelled") > 0);
  });

  it("may be asked twice, in turn, and of a run that is then cancelled", async () => {
    const { run } = await held("paused-often");
    const { engine } = fixture;
    await engine.resumeRun(run.id);
    for (const isPaused of [true, false, true]) {
      const act = () => (isPaused ? engine.pauseRun(run.id) : engine.resumeRun(run.id));
      await Promise.all([act(), act()]);
      await wait(run, (now) => (now.paused === true) === isPaused);
    }
    await engine.cancelRun(run.id);
    const done = await wait(run);
    assert.deepEqual([done.state, statesOf(done)], ["cancelled", { a: "cancelled", b: "cancelled" }]);
  });
});
