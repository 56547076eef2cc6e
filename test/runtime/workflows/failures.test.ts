import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { engineFixture, statesOf, taskOf } from "./engine-fixture.ts";
import { waitForRun } from "./wait-for-run.ts";

describe("failures of tasks on a real Restate", function () {
  this.timeout(120_000);
  const fixture = engineFixture();
  const { start, wait, log } = fixture;
  let count = 0;

  /** A file of the test's own, for what scripts do. */
  const file = () => join(fixture.folder, `file-${count++}`);
  const shell = (command: string) => `{command: [sh, -c, ${JSON.stringify(command)}]}`;
  const lines = async (path: string) => (await readFile(path, "utf8")).trim().split("\n");

  it("are tried again only where their code is listed", async () => {
    const tries = file();
    const task = (name: string, errors: string) =>
      `  ${name}: {uses: script, retries: {maximum: 2, initialInterval: 0, errors: ${errors}}, with: ${shell(`echo ${name} >> ${tries}; exit 1`)}}\n`;
    for (const [name, errors, attempts] of [
      ["listed", "[task-timeout, script-failed]", 3],
      ["other", "[task-timeout]", 1],
    ] as const) {
      const run = await wait(await start(`retries-${name}`, task(name, errors)));
      assert.deepEqual([run.state, taskOf(run, name).attempts], ["failed", attempts]);
    }
    assert.deepEqual(await lines(tries), ["listed", "listed", "listed", "other"]);
  });

  it("are replaced by given outputs, or by another action", async () => {
    const run = await wait(
      await start(
        "fallbacks",
        `  given: {uses: script, retries: {maximum: 0}, fallback: {outputs: {n: 3}}, with: ${shell("exit 1")}}
  acted:
    uses: infer
    needs: [given]
    with: {model: missing, inputs: {}}
    fallback: {uses: script, with: ${shell(`printf '{"n": 4}' > $SKYLOOM_OUTPUTS; echo instead`)}}
  broken: {uses: script, needs: [acted], retries: {maximum: 0}, fallback: {uses: decide, with: {outputs: {n: "\${tasks.given.outputs.n}"}}}, with: ${shell("exit 2")}}
`,
        {
          head: 'outputs: {sum: {type: number, value: "${tasks.given.outputs.n + tasks.acted.outputs.n + tasks.broken.outputs.n}"}}\n',
        },
      ),
    );
    assert.deepEqual([run.error, run.outputs], [null, { sum: 10 }]);
    assert.match(taskOf(run, "given").fallback?.error ?? "", /ended with status 1/);
    assert.match(taskOf(run, "acted").fallback?.error ?? "", /no model "missing"/);
    assert.match(await log(run, "acted"), /instead\n$/);
  });

  it("fail the task when its fallback fails too", async () => {
    const run = await wait(
      await start(
        "fallback-fails",
        `  a: {uses: script, retries: {maximum: 0}, fallback: {uses: script, with: ${shell("exit 3")}}, with: ${shell("exit 1")}}\n`,
      ),
    );
    assert.equal(
      run.error,
      "task a failed: sh ended with status 1; then its fallback failed: sh ended with status 3",
    );
  });

  it("undo what had succeeded, the latest first, and tell what could not be undone", async () => {
    const effects = file();
    const task = (name: string, needs: string, undo: string) =>
      `  ${name}: {uses: script, needs: ${needs}, retries: {maximum: 0}, compensation: {uses: script, with: ${shell(undo)}}, with: ${shell(`echo ${name} >> ${effects}`)}}\n`;
    const run = await wait(
      await start(
        "undone",
        task("one", "[]", `echo -one \${run.id}/one $SKYLOOM_TASK_KEY >> ${effects}`) +
          task("two", "[one]", "exit 5") +
          task("three", "[two]", `echo -three >> ${effects}`) +
          `  four: {uses: script, needs: [three], retries: {maximum: 0}, with: ${shell("exit 1")}}\n`,
      ),
    );
    assert.equal(run.state, "failed");
    assert.equal(run.error, "task four failed: sh ended with status 1; not undone: two");
    assert.deepEqual(await lines(effects), [
      "one",
      "two",
      "three",
      "-three",
      `-one ${run.id}/one ${run.id}/one/compensation`,
    ]);
    const compensations = run.tasks.map(({ compensation }) => compensation?.state);
    assert.deepEqual(compensations, ["succeeded", "failed", "succeeded", undefined]);
    assert.equal(taskOf(run, "two").compensation?.error, "sh ended with status 5");
  });

  it("undo what had succeeded when the run is cancelled, whatever comes meanwhile", async () => {
    const [effects, begun] = [file(), file()];
    const run = await start(
      "undone-by-cancel",
      `  one: {uses: script, compensation: {uses: script, retries: {maximum: 0}, with: ${shell(`echo undone >> ${effects}`)}}, with: ${shell("true")}}
  two: {uses: script, needs: [one], compensation: {uses: decide, with: {outputs: {}}}, with: ${shell(`touch ${begun}; sleep 100`)}}
`.replace("retries: {maximum: 0}, ", ""),
    );
    await waitForRun(
      async () => {
        await readFile(begun);
        return run;
      },
      () => true,
    );
    await fixture.engine.cancelRun(run.id, "enough");
    const done = await wait(run);
    assert.deepEqual([done.state, done.error], ["cancelled", "enough"]);
    assert.deepEqual(statesOf(done), { one: "succeeded", two: "cancelled" });
    assert.deepEqual(await lines(effects), ["undone"]);
    assert.equal(taskOf(done, "two").compensation, undefined);
  });

  it("come at a task's deadline: while it runs, before its next attempt, while it waits, before it begins", async () => {
    const run = await wait(
      await start(
        "task-deadlines",
        `  runs: {uses: script, deadline: 0.4, retries: {maximum: 5, initialInterval: 0}, fallback: {outputs: {}}, with: ${shell("sleep 100")}}
  again: {uses: script, deadline: 30, retries: {maximum: 5, initialInterval: 60, maximumInterval: 60}, fallback: {outputs: {}}, with: ${shell("exit 1")}}
  asks: {uses: approve, deadline: 0.4, fallback: {outputs: {}}, with: {question: "?"}}
  late: {uses: decide, needs: [runs], deadline: 0.2, fallback: {outputs: {}}, with: {outputs: {}}}
`,
      ),
    );
    assert.equal(run.error, null);
    const why = Object.fromEntries(run.tasks.map((task) => [task.name, task.fallback?.error]));
    assert.deepEqual(why, {
      runs: "the task's deadline passed while it ran",
      again:
        "no time was left for another attempt before the deadline; the last failed: sh ended with status 1",
      asks: "its deadline of 0.4 s after the run's start passed while it ran",
      late: "its deadline of 0.2 s after the run's start passed before it could begin",
    });
    assert.equal(taskOf(run, "runs").attempts, 1);
  });

  it("end a run at its deadline", async () => {
    const run = await wait(
      await start(
        "run-deadline",
        `  one: {uses: decide, compensation: {uses: decide, with: {outputs: {}}}, with: {outputs: {}}}
  ask: {uses: approve, needs: [one], with: {question: "?"}}
`,
        { head: "deadline: 0.3\n" },
      ),
    );
    assert.deepEqual([run.state, run.error], ["failed", "the run took longer than its deadline of 0.3 s"]);
    assert.deepEqual(statesOf(run), { one: "succeeded", ask: "cancelled" });
    assert.equal(taskOf(run, "one").compensation?.state, "succeeded");
  });

  it("are retried from where they were; what was undone runs again under another key", async () => {
    const [effects, go] = [file(), file()];
    const run = await start(
      "retried",
      `  kept: {uses: script, with: ${shell(`echo kept >> ${effects}; printf '{"n": 1}' > $SKYLOOM_OUTPUTS`)}}
  undone: {uses: script, needs: [kept], compensation: {uses: decide, with: {outputs: {}}}, with: ${shell(`echo undone $SKYLOOM_TASK_KEY >> ${effects}`)}}
  fails: {uses: script, needs: [undone], retries: {maximum: 0}, with: ${shell(`echo fails \${tasks.kept.outputs.n} >> ${effects}; test -e ${go}`)}}
`,
    );
    await assert.rejects(fixture.engine.retryRun(run.id), { code: "run-not-ended", status: 409 });
    const failed = await wait(run);
    assert.equal(failed.state, "failed");
    await writeFile(go, "");
    const [first, second] = await Promise.all([
      fixture.engine.retryRun(run.id),
      fixture.engine.retryRun(run.id),
    ]);
    assert.deepEqual([first.execution, second.execution], [2, 2]);
    const done = await wait(run);
    assert.deepEqual([done.state, done.execution, done.createdAt], ["succeeded", 2, run.createdAt]);
    const { id } = run;
    assert.deepEqual(await lines(effects), [
      "kept",
      `undone ${id}/undone`,
      "fails 1",
      `undone ${id}/undone~1`,
      "fails 1",
    ]);
    assert.deepEqual(taskOf(done, "kept"), taskOf(failed, "kept"));
    await assert.rejects(fixture.engine.retryRun(id), { code: "run-succeeded", status: 409 });
    await assert.rejects(fixture.engine.retryRun("none"), { code: "run-not-found", status: 404 });
    const { runs } = await fixture.engine.listRuns({ workflow: "retried" });
    assert.deepEqual(
      runs.map((one) => one.id),
      [id],
    );
  });

  it("do not come where the result is known by its content", async () => {
    const effects = file();
    const cached = (name: string, key: string) =>
      start(
        name,
        `  a: {uses: script, cache: {key: "${key}"}, with: ${shell(`echo x >> ${effects}; printf '{"n": 1}' > $SKYLOOM_OUTPUTS`)}}\n`,
      );
    for (const [name, key] of [
      ["cached", "k"],
      ["cached-too", "${run.id == '' ? 'no' : 'k'}"],
      ["cached", "other"],
    ] as const)
      assert.deepEqual(taskOf(await wait(await cached(name, key)), "a").outputs, { n: 1 });
    assert.equal((await lines(effects)).length, 2);
  });
});
