import assert from "node:assert/strict";
import { join } from "node:path";
import { createLocalObjectStore } from "../../../../runtime/object-store/local.ts";
import type { Run } from "../../../../runtime/workflows/run.ts";
import { engineFixture, taskOf } from "../engine-fixture.ts";
import { waitForRun } from "../wait-for-run.ts";

describe("tasks that wait for a time, an event or another run, on a real Restate", function () {
  this.timeout(120_000);
  const fixture = engineFixture();

  const start = (name: string, tasks: string, head = "", inputs = {}) =>
    fixture.start(name, tasks, { head, inputs });
  const wait = (run: { id: string }, isWanted?: (run: Run) => boolean) => fixture.wait(run, isWanted, 60);

  describe("wait", () => {
    it("goes on after seconds, and at once at a time that has passed", async () => {
      const run = await start(
        "waits",
        `  pause: {uses: wait, with: {seconds: 0.2}}
  past: {uses: wait, needs: [pause], with: {until: "2020-01-01T01:00:00+01:00"}}
`,
      );
      const done = await wait(run);
      const [pause, past] = [taskOf(done, "pause"), taskOf(done, "past")];
      assert.equal(Date.parse(pause.finishedAt ?? "") - Date.parse(pause.startedAt ?? ""), 200);
      assert.deepEqual(pause.outputs, { until: pause.finishedAt });
      assert.deepEqual(past.outputs, { until: "2020-01-01T00:00:00.000Z" });
      assert.equal(past.finishedAt, pause.finishedAt);
    });

    it("is cancelled while it waits", async () => {
      const run = await start("waits-long", "  pause: {uses: wait, with: {seconds: 86400}}\n");
      await wait(run, (now) => now.state === "waiting");
      await fixture.engine.cancelRun(run.id);
      assert.equal((await wait(run)).tasks[0]?.state, "cancelled");
    });

    it("refuses both or neither of seconds and until", async () => {
      for (const parameters of ["{}", '{seconds: 1, until: "2030-01-01T00:00:00Z"}'])
        await assert.rejects(
          fixture.engine.putDefinition(`name: bad\ntasks:\n  a: {uses: wait, with: ${parameters}}\n`),
          /tasks\.a\.with: .*must hold either seconds or until/,
        );
    });
  });

  describe("event", () => {
    const awaiting = (rest = "") =>
      `  pay: {uses: event, with: {await: payment, match: "\${event.data.order == inputs.order}"${rest}}}\n`;
    const order = "inputs: {order: {type: integer}}\n";

    it("takes the first that matches, also one that came before its task began", async () => {
      const run = await start(
        "late-await",
        `  first: {uses: approve, with: {question: go?}}\n${awaiting().replace("with:", "needs: [first], with:")}`,
        order,
        { order: 2 },
      );
      await wait(run, (now) => now.state === "waiting");
      const send = (number: number) =>
        fixture.engine.signal(run.id, { name: "payment", data: { order: number, amount: number * 10 } });
      await send(1);
      await send(2);
      await send(2);
      await fixture.engine.approve(run.id, { task: "first", decision: "yes" });
      const { outputs } = taskOf(await wait(run), "pay");
      const { time, ...rest } = outputs as { time: string };
      assert.deepEqual(rest, { data: { order: 2, amount: 20 }, expired: false });
      assert.match(time, /^\d{4}-.*Z$/);
    });

    it("goes on waiting while others come, and counts one id once", async () => {
      const run = await start("awaits", awaiting(), order, { order: 7 });
      const waiting = await wait(run, (now) => now.state === "waiting");
      assert.equal(taskOf(waiting, "pay").state, "waiting");
      for (const [id, number] of [
        ["a", 1],
        ["a", 7],
        ["b", 1],
      ] as const)
        await fixture.engine.signal(run.id, { name: "payment", data: { order: number }, id });
      assert.equal((await fixture.engine.getRun(run.id)).state, "waiting");
      await fixture.engine.signal(run.id, { name: "payment", data: { order: 7 } });
      assert.equal((await wait(run)).state, "succeeded");
    });

    it("takes its default at the deadline, and fails without one", async () => {
      const done = await wait(
        await start("awaits", awaiting(", deadline: 0.1, default: {order: 0}"), order, { order: 7 }),
      );
      assert.deepEqual(taskOf(done, "pay").outputs, { data: { order: 0 }, time: null, expired: true });
      const failed = await wait(await start("awaits", awaiting(", deadline: 0.1"), order, { order: 7 }));
      assert.equal(failed.error, 'task pay failed: no event "payment" within 0.1 s');
    });

    it("is sent by a task of another run", async () => {
      const waiting = await start("awaits", awaiting(), order, { order: 7 });
      const ended = await start("awaits", awaiting(", deadline: 0.01, default: x"), order, { order: 7 });
      await wait(ended);
      const sending = await start(
        "sends",
        `  send: {uses: event, with: {emit: payment, to: "\${inputs.runs}", data: {order: 7}}}\n`,
        "inputs: {runs: {type: array}}\n",
        { runs: [waiting.id, ended.id] },
      );
      assert.deepEqual(taskOf(await wait(sending), "send").outputs, {
        sent: [waiting.id],
        ended: [ended.id],
      });
      assert.equal((await wait(waiting)).state, "succeeded");
      const lost = await wait(
        await fixture.engine.startRun({ workflow: "sends", inputs: { runs: ["run-nowhere"] } }),
      );
      assert.equal(lost.error, 'task send failed: there is no run "run-nowhere"');
    });

    it("refuses what no task awaits, ended and unknown runs, and too much data", async () => {
      const run = await start("awaits", awaiting(), order, { order: 7 });
      await assert.rejects(fixture.engine.signal(run.id, { name: "paymnt" }), {
        code: "event-not-awaited",
        status: 409,
      });
      await assert.rejects(fixture.engine.signal(run.id, { name: "payment", data: "x".repeat(70_000) }), {
        code: "invalid-event",
        status: 400,
      });
      await fixture.engine.cancelRun(run.id);
      await wait(run);
      await assert.rejects(fixture.engine.signal(run.id, { name: "payment" }), {
        code: "run-ended",
        status: 409,
      });
      await assert.rejects(fixture.engine.signal("run-nowhere", { name: "payment" }), {
        code: "run-not-found",
        status: 404,
      });
    });

    for (const [parameters, problem] of [
      ["{}", /must hold either await or emit/],
      ["{await: a, data: 1}", /with\.data: .*is for emit only/],
      ["{emit: a}", /with\.to: .*is required/],
      ["{await: a, default: 1}", /with\.default: .*needs a deadline/],
      ['{await: "${run.id}"}', /with\.await: .*no expression decides it/],
    ] as const)
      it(`refuses ${parameters}`, async () => {
        const specification = `name: bad\ntasks:\n  a: {uses: event, with: ${parameters}}\n`;
        await assert.rejects(fixture.engine.putDefinition(specification), problem);
      });
  });

  describe("workflow", () => {
    const call = (name: string, inputs: string, version = "") =>
      `  call: {uses: workflow, with: {workflow: ${name}${version}, inputs: ${inputs}}}\n`;
    const child = (factor: number) =>
      `name: child\ninputs: {n: {type: number}}\noutputs: {product: {type: number, value: "\${tasks.a.outputs.product}"}}\ntasks:\n  a: {uses: decide, with: {outputs: {product: "\${inputs.n * ${factor}.0}"}}}\n`;

    it("is a run of its own, whose outputs become the task's", async () => {
      await fixture.engine.putDefinition(child(2));
      await fixture.engine.putDefinition(child(3));
      const now = await wait(await start("parent", call("child", "{n: 7}")));
      const task = taskOf(now, "call");
      assert.deepEqual(task.outputs, { product: 21 });
      const own = await fixture.engine.getRun(task.run ?? "");
      assert.deepEqual(
        [own.workflow, own.version, own.parent, own.state],
        ["child", 2, { run: now.id, task: "call" }, "succeeded"],
      );
      const earlier = await wait(await start("parent", call("child", "{n: 7}", ", version: 1")));
      assert.deepEqual(taskOf(earlier, "call").outputs, { product: 14 });
    });

    it("fails with the run, or where none could be started", async () => {
      await fixture.engine.putDefinition(
        "name: failing\ntasks:\n  a: {uses: infer, with: {model: missing, inputs: {}}}\n",
      );
      const done = await wait(await start("parent-of-failing", call("failing", "{}")));
      assert.equal(
        done.error,
        `task call failed: run ${taskOf(done, "call").run} failed: task a failed: there is no model "missing"`,
      );
      const wrong = await wait(await start("parent-of-wrong", call("failing", "{x: 1}")));
      assert.match(
        wrong.error ?? "",
        /^task call failed: invalid inputs of workflow failing: inputs\.x: is no input/,
      );
      const none = await wait(await start("parent-of-none", call("missing", "{}")));
      assert.match(none.error ?? "", /^task call failed: there is no workflow "missing"/);
    });

    it("is cancelled with the run that started it", async () => {
      await fixture.engine.putDefinition("name: slow\ntasks:\n  a: {uses: wait, with: {seconds: 86400}}\n");
      const run = await start("parent-of-slow", call("slow", "{}"));
      const started = await wait(run, (now) => taskOf(now, "call").run !== undefined);
      const childId = taskOf(started, "call").run ?? "";
      await waitForRun(
        () => fixture.engine.getRun(childId),
        (now) => now.state === "waiting",
        60,
      );
      await fixture.engine.cancelRun(run.id, "not needed");
      assert.deepEqual(
        (await wait(run)).tasks.map(({ state }) => state),
        ["cancelled"],
      );
      const ended = await fixture.engine.getRun(childId);
      assert.deepEqual(
        [ended.state, ended.error],
        ["cancelled", `run ${run.id}, which started it, was cancelled: not needed`],
      );
    });

    it("ends where it would start itself without end", async () => {
      await fixture.engine.putDefinition(`name: endless\ntasks:\n${call("endless", "{}")}`);
      const done = await wait(await fixture.engine.startRun({ workflow: "endless" }));
      assert.match(
        done.error ?? "",
        /workflow endless would be started by the 17th of a row of runs .* without end\?$/,
      );
      const runs = await createLocalObjectStore({ folder: join(fixture.folder, "bucket") }).list({
        prefix: "runs/",
      });
      assert.equal(runs.objects.length > 17, true);
    });
  });
});
