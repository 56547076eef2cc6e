import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { engineFixture, statesOf } from "./engine-fixture.ts";
import { waitForRun } from "./wait-for-run.ts";

describe("pausing of runs on a real Restate", function () {
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
