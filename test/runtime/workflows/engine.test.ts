import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Run } from "../../../runtime/workflows/run.ts";
import type { WorkflowEngine } from "../../../runtime/workflows/workflow-engine.ts";
import { testEngine } from "./engine-server.ts";
import { freePorts, type RestateServer, startRestateServer } from "./restate-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitForRun } from "./wait-for-run.ts";

describe("workflow engine on a real Restate", function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let restate: RestateServer;
  let engine: WorkflowEngine;

  before(async () => {
    restate = await startRestateServer(join(folder.path, "restate"));
    engine = testEngine({
      bucket: join(folder.path, "bucket"),
      restateIngress: restate.ingress,
      restateAdmin: restate.admin,
      workflowPort: 0,
    });
    await engine.start();
  });
  after(async () => {
    await engine?.stop();
    await restate?.kill();
  });

  async function start(name: string, tasks: string, head = "", inputs = {}, options = {}): Promise<Run> {
    await engine.putDefinition(`name: ${name}\n${head}tasks:\n${tasks}`);
    return await engine.startRun({ workflow: name, inputs, ...options });
  }
  const wait = (run: { id: string }, isWanted?: (run: Run) => boolean) =>
    waitForRun(() => engine.getRun(run.id), isWanted);
  const taskOf = (run: Run, name: string) => {
    const found = run.tasks.find((task) => task.name === name);
    assert(found, `no task ${name}`);
    return found;
  };
  const logOf = async (id: string, task?: string) => {
    const parts: Buffer[] = [];
    for await (const { bytes } of await engine.runLog(id, { task })) parts.push(bytes);
    return Buffer.concat(parts).toString();
  };
  const summary = (run: Run) => Object.fromEntries(run.tasks.map((task) => [task.name, task.state]));

  it("runs every task type and records inputs, outputs, times", async () => {
    const run = await start(
      "all-types",
      `  infer:
    uses: infer
    with: {model: sum, inputs: {x: {datatype: FP32, shape: [2], data: "\${inputs.data}"}}}
  decide: {uses: decide, with: {outputs: {high: "\${tasks.infer.outputs.sum.labels[0] == 'high'}"}}}
  script:
    uses: script
    when: \${tasks.decide.outputs.high}
    with:
      command: [node, -e, "const fs = require('fs'); const i = JSON.parse(fs.readFileSync(process.env.SKYLOOM_INPUTS)); console.log('hello'); fs.writeFileSync(process.env.SKYLOOM_OUTPUTS, JSON.stringify({sum: i.sum}))"]
      inputs: {sum: "\${tasks.infer.outputs.sum.data[0]}"}
  never: {uses: notify, when: "\${!tasks.decide.outputs.high}", with: {message: low}}
  tell: {uses: notify, needs: [script], with: {level: warn, message: "sum \${tasks.script.outputs.sum}"}}
  report: {uses: report, needs: [tell], with: {title: Sum, markdown: "It is \${tasks.script.outputs.sum}."}}
`,
      'inputs: {data: {type: array}}\noutputs: {sum: {type: number, value: "${tasks.script.outputs.sum}"}}\n',
      { data: [4, 5] },
    );
    assert.equal(run.version, 1);
    const done = await wait(run);
    assert.equal(done.error, null);
    assert.deepEqual(done.outputs, { sum: 9 });
    assert.deepEqual(summary(done), {
      infer: "succeeded",
      decide: "succeeded",
      script: "succeeded",
      never: "skipped",
      tell: "succeeded",
      report: "succeeded",
    });
    assert.deepEqual(taskOf(done, "infer").outputs, {
      sum: { datatype: "FP32", shape: [1], data: [9], labels: ["high"] },
    });
    assert.deepEqual(taskOf(done, "tell").outputs, { level: "warn", message: "sum 9" });
    const times = done.tasks
      .filter((task) => task.state === "succeeded")
      .flatMap((task) => [task.startedAt, task.finishedAt]);
    assert.deepEqual(times, [...times].sort());
    assert(done.createdAt <= (done.startedAt ?? "") && done.finishedAt === times.at(-1));
    assert.equal(await engine.writtenReport(run.id), "# Sum\n\nIt is 9.\n");
    assert.match(await logOf(run.id, "script"), /^attempt 1: node -e .*\nhello\n$/);
  });

  it("tries a failed attempt again and counts attempts", async () => {
    const tries = join(folder.path, "tries");
    const run = await start(
      "retries",
      `  flaky:
    uses: script
    retries: {maximum: 3, initialInterval: 0.01}
    with: {command: [sh, -c, "echo x >> ${tries}; test $(wc -l < ${tries}) -ge 3 || { echo not yet >&2; exit 1; }"]}
`,
    );
    const flaky = taskOf(await wait(run), "flaky");
    assert.deepEqual([flaky.state, flaky.attempts, flaky.error], ["succeeded", 3, null]);
  });

  it("fails at once on a caller's fault, after the last attempt otherwise; running tasks end first", async () => {
    const run = await start(
      "failures",
      `  wrong: {uses: infer, with: {model: missing, inputs: {}}}
  slow: {uses: script, with: {command: [sleep, "0.3"]}}
  behind: {uses: notify, needs: [slow], with: {message: x}}
`,
    );
    const done = await wait(run);
    assert.equal(done.error, 'task wrong failed: there is no model "missing"');
    assert.deepEqual(summary(done), { wrong: "failed", slow: "succeeded", behind: "skipped" });
    assert.equal(taskOf(done, "wrong").attempts, 1);
    const again = await wait(
      await start(
        "exhausted",
        '  a: {uses: script, retries: {maximum: 1, initialInterval: 0}, with: {command: ["false"]}}\n',
      ),
    );
    assert.deepEqual([again.state, taskOf(again, "a").attempts], ["failed", 2]);
    assert.match(again.error ?? "", /^task a failed: false ended with status 1/);
  });

  it("ends an attempt at its timeout", async () => {
    const done = await wait(
      await start(
        "timeouts",
        '  a: {uses: script, timeout: 0.2, retries: {maximum: 0}, with: {command: [sleep, "60"]}}\n',
      ),
    );
    assert.match(done.error ?? "", /longer than its timeout of 0\.2 s/);
  });

  it("refuses parameters that turn out wrong only when the task starts", async () => {
    const done = await wait(
      await start("late", '  a: {uses: notify, with: {message: x, level: "${run.id}"}}\n'),
    );
    assert.match(done.error ?? "", /^task a failed: invalid parameters: with\.level/);
    assert.equal(taskOf(done, "a").attempts, 1);
  });

  it("keeps to the concurrency and starts the highest priority first", async () => {
    const order = join(folder.path, "order");
    const task = (name: string, priority: number) =>
      `  ${name}: {uses: script, priority: ${priority}, with: {command: [sh, -c, "echo +${name} >> ${order}; sleep 0.1; echo -${name} >> ${order}"]}}\n`;
    await wait(
      await start("priorities", task("low", 1) + task("middle", 2) + task("high", 3), "concurrency: 1\n"),
    );
    assert.deepEqual((await readFile(order, "utf8")).trim().split("\n"), [
      "+high",
      "-high",
      "+middle",
      "-middle",
      "+low",
      "-low",
    ]);
  });

  it("runs tasks at the same time up to the concurrency", async () => {
    const tasks = [1, 2, 3, 4].map((n) => `  t${n}: {uses: notify, with: {message: x}}\n`).join("");
    const done = await wait(await start("parallel", tasks, "concurrency: 2\n", {}, { pace: 0.2 }));
    const changes = done.tasks
      .flatMap((task) => [
        { at: task.startedAt ?? "", change: 1 },
        { at: task.finishedAt ?? "", change: -1 },
      ])
      .sort((a, b) => a.at.localeCompare(b.at) || a.change - b.change);
    let running = 0;
    const most = Math.max(...changes.map(({ change }) => (running += change)));
    assert.equal(most, 2);
    for (const task of done.tasks)
      assert(
        Date.parse(task.finishedAt ?? "") - Date.parse(task.startedAt ?? "") >= 195,
        "held for the pace",
      );
  });

  const question = (rest = "") =>
    `  ask: {uses: approve, with: {question: "restart?", options: [restart, leave]${rest}}}
  act: {uses: notify, when: "\${tasks.ask.outputs.decision == 'restart'}", with: {message: "\${tasks.ask.outputs.person}"}}
`;
  it("waits for a person, takes one answer, refuses the others", async () => {
    const run = await start("approval", question());
    const waiting = await wait(run, (now) => now.state === "waiting");
    assert.deepEqual(taskOf(waiting, "ask").inputs, { question: "restart?", options: ["restart", "leave"] });
    const answer = (decision: string, task = "ask") =>
      engine.approve(run.id, { task, decision, person: "ada", comment: "ok" });
    await assert.rejects(answer("maybe"), { code: "invalid-decision", status: 400 });
    await assert.rejects(answer("restart", "act"), { code: "not-waiting", status: 409 });
    await assert.rejects(answer("restart", "no"), { code: "task-not-found", status: 404 });
    const both = await Promise.allSettled([answer("restart"), answer("restart")]);
    assert.deepEqual(both.map((result) => result.status).sort(), ["fulfilled", "rejected"]);
    const done = await wait(run);
    assert.deepEqual(taskOf(done, "ask").outputs, { decision: "restart", person: "ada", comment: "ok" });
    assert.equal(taskOf(done, "act").state, "succeeded");
    await assert.rejects(answer("leave"), { code: "already-decided", status: 409 });
  });

  it("takes the default when the deadline passes, and fails without one", async () => {
    const done = await wait(await start("deadline", question(", deadline: 0.1, default: leave")));
    assert.deepEqual(summary(done), { ask: "succeeded", act: "skipped" });
    assert.equal((taskOf(done, "ask").outputs as { decision: string }).decision, "leave");
    const failed = await wait(await start("deadline", question(", deadline: 0.1")));
    assert.equal(failed.error, "task ask failed: nobody answered within 0.1 s");
  });

  it("keeps the definition that a run began with", async () => {
    const run = await start("fixed", question());
    await wait(run, (now) => now.state === "waiting");
    await engine.putDefinition(`name: fixed\ntasks:\n${question().replaceAll("act:", "other:")}`);
    await engine.approve(run.id, { task: "ask", decision: "restart" });
    const done = await wait(run);
    assert.deepEqual([done.version, Object.keys(summary(done))], [1, ["ask", "act"]]);
    assert.equal((await engine.startRun({ workflow: "fixed" })).version, 2);
  });

  it("cancels: the script is killed, what waits ends, nothing more starts", async () => {
    const marks = join(folder.path, "cancel");
    const run = await start(
      "cancelled",
      `  long: {uses: script, timeout: 100, with: {command: [sh, -c, "echo started >> ${marks}; sleep 2; echo survived >> ${marks}"]}}
  ask: {uses: approve, with: {question: "?"}}
  behind: {uses: notify, needs: [long], with: {message: x}}
`,
    );
    await waitForRun(
      async () => {
        assert.equal(await readFile(marks, "utf8"), "started\n");
        return run;
      },
      () => true,
    );
    await engine.cancelRun(run.id, "no longer needed");
    const done = await wait(run);
    assert.deepEqual(summary(done), { long: "cancelled", ask: "cancelled", behind: "cancelled" });
    assert.deepEqual([done.state, done.error], ["cancelled", "no longer needed"]);
    assert(
      Date.parse(done.finishedAt ?? "") - Date.parse(done.startedAt ?? "") < 1900,
      "the script was not waited for",
    );
    await assert.rejects(engine.cancelRun(run.id), { code: "run-ended", status: 409 });
    assert.equal(await readFile(marks, "utf8"), "started\n");
  });

  it("makes one run of a message however often it is delivered, also at once", async () => {
    const spec = (name: string) =>
      `name: ${name}\ninputs: {n: {type: number}}\ntriggers: [{message: {type: twice}}]\ntasks:\n  a: {uses: notify, with: {message: "\${inputs.n}"}}\n`;
    await engine.putDefinition(spec("triggered"));
    const message = { id: "m-1", type: "twice", data: { n: 1, more: 2 } };
    const [first, second] = await Promise.all([engine.handleMessage(message), engine.handleMessage(message)]);
    assert.deepEqual(first, second);
    const done = await wait({ id: first.runs[0] ?? "" });
    assert.deepEqual(taskOf(done, "a").outputs, { level: "info", message: "1" });
    assert.deepEqual(await engine.handleMessage(message), first);
    await engine.putDefinition(spec("triggered-too"));
    const both = await engine.handleMessage(message);
    assert.equal(both.runs.length, 2);
    assert.equal(both.runs[0], first.runs[0], "the first workflow's run is found again");
    await wait({ id: both.runs[1] ?? "" });
    assert.equal((await engine.listRuns({ workflow: "triggered" })).runs.length, 1);
  });

  it("refuses messages that it cannot use, for good", async () => {
    const refused = (message: object, code: string) =>
      assert.rejects(
        engine.handleMessage(message as never),
        (error: { code: string; isRetryable: boolean }) => {
          assert.deepEqual([error.code, error.isRetryable], [code, false]);
          return true;
        },
      );
    await refused({ id: "1", type: "nobody.listens", data: {} }, "no-trigger");
    await refused({ id: "1", type: "twice", data: { n: "x" } }, "invalid-inputs");
    await refused({ id: "1", type: "twice", data: [1] }, "invalid-inputs");
  });

  it("validates a run's inputs with all problems before anything starts", async () => {
    await engine.putDefinition(
      "name: strict\ninputs: {a: {type: number}, b: {type: string}}\ntasks: {t: {uses: decide, with: {outputs: {}}}}\n",
    );
    await assert.rejects(
      engine.startRun({ workflow: "strict", inputs: { a: "x", c: 1 }, id: "../x", pace: -1 }),
      (error: { code: string; problems: { path: string }[] }) => {
        assert.equal(error.code, "invalid-inputs");
        assert.deepEqual(
          error.problems.map((problem) => problem.path),
          ["inputs.a", "inputs.b", "inputs.c", "id", "pace"],
        );
        return true;
      },
    );
    await assert.rejects(engine.startRun({ workflow: "nothing" }), {
      code: "workflow-not-found",
      status: 404,
    });
    assert.equal((await engine.listRuns({ workflow: "strict" })).runs.length, 0);
  });

  it("is idempotent by the id that a caller gives", async () => {
    const tasks = "  a: {uses: decide, with: {outputs: {n: 1}}}\n";
    const first = await start("idempotent", tasks, "", {}, { id: "mine-1" });
    const done = await wait(first);
    assert.deepEqual(await engine.startRun({ workflow: "idempotent", id: "mine-1" }), done);
    await engine.putDefinition(`name: idempotent-too\ntasks:\n${tasks}`);
    await assert.rejects(engine.startRun({ workflow: "idempotent-too", id: "mine-1" }), {
      code: "run-id-taken",
      status: 409,
    });
  });

  it("lists runs newest first, by page and filter, live ones as they are", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift((await start("listed", question())).id);
    for (const id of ids) await wait({ id }, (run) => run.state === "waiting");
    const first = await engine.listRuns({ workflow: "listed", pageSize: 3 });
    assert.deepEqual(
      first.runs.map((run) => run.id),
      ids.slice(0, 3),
    );
    assert.deepEqual(new Set(first.runs.map((run) => run.state)), new Set(["waiting"]));
    const second = await engine.listRuns({ workflow: "listed", pageSize: 3, pageToken: first.nextPageToken });
    assert.deepEqual(
      second.runs.map((run) => run.id),
      ids.slice(3),
    );
    await engine.cancelRun(ids[1] ?? "");
    await wait({ id: ids[1] ?? "" });
    const cancelled = await engine.listRuns({ workflow: "listed", state: "cancelled" });
    assert.deepEqual(
      cancelled.runs.map((run) => run.id),
      [ids[1]],
    );
    for (const id of ids.filter((_, index) => index !== 1)) await engine.cancelRun(id);
  });

  it("lets a step under way end when it stops", async () => {
    const [workflowPort = 0] = await freePorts(1);
    const settings = {
      bucket: join(folder.path, "other-bucket"),
      restateIngress: restate.ingress,
      restateAdmin: restate.admin,
      workflowPort,
    };
    const marks = join(folder.path, "drained");
    const stopping = testEngine(settings);
    await stopping.start();
    await stopping.putDefinition(
      `name: drained\ntasks:\n  a: {uses: script, with: {command: [sh, -c, "echo a >> ${marks}; sleep 0.5"]}}\n  b: {uses: script, needs: [a], with: {command: [sh, -c, "echo b >> ${marks}"]}}\n`,
    );
    const run = await stopping.startRun({ workflow: "drained" });
    await waitForRun(
      async () => {
        assert.equal(await readFile(marks, "utf8"), "a\n");
        return run;
      },
      () => true,
    );
    await stopping.stop();
    const next = testEngine(settings);
    await next.start();
    try {
      assert.equal((await waitForRun(() => next.getRun(run.id))).state, "succeeded");
      assert.equal(await readFile(marks, "utf8"), "a\nb\n", "neither ran twice");
    } finally {
      await next.stop();
      // The suite's own engine is the one to call again.
      await engine.stop();
      engine = testEngine({ ...settings, bucket: join(folder.path, "bucket"), workflowPort: 0 });
      await engine.start();
    }
  });

  it("says so when Restate is down, and goes on when it is back", async () => {
    assert.equal(await engine.healthy(), undefined);
    await restate.kill();
    assert.match((await engine.healthy())?.message ?? "", /no answer at/);
    await assert.rejects(engine.startRun({ workflow: "idempotent" }), {
      code: "workflow-engine-unavailable",
      status: 503,
      isRetryable: true,
    });
    await restate.start();
    const run = await waitForRun(
      () => engine.startRun({ workflow: "idempotent" }),
      () => true,
    );
    assert.equal((await wait(run)).state, "succeeded");
    assert.equal(await engine.healthy(), undefined);
  });
});
