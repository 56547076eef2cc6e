import assert from "node:assert/strict";
import type { Run } from "../../runtime/workflows/run.ts";
import { workflowRuntime } from "./workflow-runtime.ts";

describe("skyloom schedules", function () {
  this.timeout(120_000);
  const runtime = workflowRuntime();
  const schedules = (...args: string[]) => runtime.skyloom("schedules", ...args);
  // None of them comes while the test runs.
  const yearly = (day: number) =>
    `{schedule: {cron: "0 6 ${day} 1 *", timeZone: Europe/Berlin, inputs: {text: day-${day}}}}`;

  before(() =>
    runtime.engine.putDefinition(`name: yearly
inputs: {text: {type: string}}
triggers: [${yearly(1)}, ${yearly(2)}]
tasks:
  tell: {uses: notify, with: {message: "\${inputs.text}"}}
`),
  );

  it("list shows when each comes next, in UTC, and the last run", async () => {
    const { exitCode, stdout, stderr } = await schedules("list");
    assert.equal(exitCode, 0, stderr);
    const [heading, ...rows] = stdout.trimEnd().split("\n");
    assert.match(heading ?? "", /^WORKFLOW +CRON +TIME ZONE +NEXT +LAST RUN$/);
    assert.equal(rows.length, 2);
    assert.match(rows[0] ?? "", /^yearly +0 6 1 1 \* +Europe\/Berlin +\d{4}-01-01T05:00:00\.000Z$/);
    assert.match(rows[1] ?? "", /^yearly +0 6 2 1 \* +Europe\/Berlin +\d{4}-01-02T05:00:00\.000Z$/);
    const json = JSON.parse((await schedules("list", "--json")).stdout);
    assert.deepEqual(
      json.schedules.map((each: { workflow: string; paused: boolean }) => [each.workflow, each.paused]),
      [["yearly", false]],
    );
  });

  it("pause and resume say what follows", async () => {
    const paused = await schedules("pause", "yearly");
    assert.deepEqual([paused.exitCode, paused.stdout], [0, "yearly is paused\n"], paused.stderr);
    assert.match((await schedules("list")).stdout, /^yearly .* paused$/m);
    const resumed = await schedules("resume", "yearly");
    assert.equal(resumed.exitCode, 0, resumed.stderr);
    assert.match(resumed.stdout, /^yearly comes next at \d{4}-01-0[12]T05:00:00\.000Z\n$/);
    assert.equal(JSON.parse((await schedules("pause", "yearly", "--json")).stdout).paused, true);
    await schedules("resume", "yearly");
  });

  it("run starts the workflow with the inputs of the schedule that is named", async () => {
    const { exitCode, stdout, stderr } = await schedules("run", "yearly", "--schedule", "1", "--json");
    assert.equal(exitCode, 0, stderr);
    const started = JSON.parse(stdout) as Run;
    assert.deepEqual(started.inputs, { text: "day-2" });
    assert.equal((await runtime.wait(started, undefined, 60)).state, "succeeded");
    assert.match((await schedules("run", "yearly")).stdout, /yearly run-\S+ (pending|running)\n$/);
  });

  it("says what is wrong, with status 2", async () => {
    await runtime.engine.putDefinition("name: plain\ntasks:\n  tell: {uses: notify, with: {message: x}}\n");
    const wrong: [args: string[], message: RegExp][] = [
      [["pause", "none"], /"none"/],
      [["resume", "plain"], /plain.*no schedule|no schedule.*plain/],
      [["run", "plain"], /plain.*no schedule|no schedule.*plain/],
      [["run", "yearly", "--schedule", "2"], /schedule/],
      [["run", "yearly", "--schedule", "first"], /--schedule.*must be a number from 0/],
    ];
    for (const [args, message] of wrong) {
      const { exitCode, stdout, stderr } = await schedules(...args);
      assert.match(stderr, message);
      assert.deepEqual([exitCode, stdout], [2, ""], stderr);
    }
  });
});
