import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createLocalObjectStore } from "../../../../runtime/object-store/local.ts";
import type { Run } from "../../../../runtime/workflows/run.ts";
import type { WorkflowEngine } from "../../../../runtime/workflows/workflow-engine.ts";
import { testEngine } from "../engine-server.ts";
import { freePorts, type RestateServer, startRestateServer } from "../restate-server.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { waitForRun } from "../wait-for-run.ts";

describe("triggers on a real Restate", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let restate: RestateServer;
  let engine: WorkflowEngine;
  /** The same after a restart: what was under way is asked of it again. */
  let port: number;
  const bucket = () => createLocalObjectStore({ folder: join(folder.path, "bucket") });

  async function startEngine(): Promise<WorkflowEngine> {
    const started = testEngine({
      bucket: join(folder.path, "bucket"),
      restateIngress: restate.ingress,
      restateAdmin: restate.admin,
      workflowPort: port,
      objectPollSeconds: 0.1,
    });
    await started.start();
    return started;
  }

  before(async () => {
    [port = 0] = await freePorts(1);
    restate = await startRestateServer(join(folder.path, "restate"));
    engine = await startEngine();
  });
  after(async () => {
    await engine?.stop();
    await restate?.kill();
  });

  /** Ended runs of a workflow, oldest first, once there are so many. */
  async function runsOf(workflow: string, count: number): Promise<Run[]> {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(50)) {
      const { runs } = await engine.listRuns({ workflow, state: "succeeded", pageSize: 200 });
      if (runs.length >= count) return runs.reverse();
    }
    throw new Error(`fewer than ${count} runs of ${workflow} ended within 60 s`);
  }
  const tell = (message: string) => `tasks:\n  tell: {uses: notify, with: {message: "${message}"}}\n`;

  it("a schedule starts one run per tick, over a restart of the runtime and a new version", async () => {
    const specification = (text: string) => `name: ticking
inputs: {due: {type: string}}
triggers: [{schedule: {cron: "* * * * * *", inputs: {due: "\${schedule.time}"}}}]
${tell(text)}`;
    await engine.putDefinition(specification("first ${inputs.due}"));
    await runsOf("ticking", 2);
    await engine.stop();
    engine = await startEngine();
    await engine.putDefinition(specification("second ${inputs.due}"));
    const before = (await runsOf("ticking", 2)).length;
    const runs = await runsOf("ticking", before + 2);
    assert.equal(runs.at(-1)?.version, 2);
    const due = runs.map(({ inputs }) => inputs.due as string);
    assert.equal(new Set(due).size, due.length, "no tick came twice");
    for (const time of due) assert.match(time, /:\d\d\.000Z$/);

    const paused = await engine.schedules.pause("ticking");
    assert.deepEqual([paused.paused, paused.version], [true, 2]);
    const next = paused.schedules[0]?.next;
    const later = await engine.schedules.list();
    assert.deepEqual(
      later.map(({ workflow, schedules }) => [workflow, schedules[0]?.next]),
      [["ticking", next]],
    );
    const byHand = await engine.runSchedule("ticking");
    await waitForRun(() => engine.getRun(byHand.id), undefined, 60);
    const resumed = await engine.schedules.resume("ticking");
    assert.equal(resumed.paused, false);
    assert(
      (resumed.schedules[0]?.next ?? "") > byHand.createdAt,
      "what was due meanwhile is not made up for",
    );

    await engine.putDefinition(specification("third").replace("* * * * * *", "0 6 1 1 *"));
    const [replaced] = await engine.schedules.list();
    assert.match(replaced?.schedules[0]?.next ?? "", /^\d{4}-01-01T06:00:00\.000Z$/);
    await engine.putDefinition(`name: ticking\n${tell("no more")}`);
    assert.deepEqual(await engine.schedules.list(), []);
    await assert.rejects(engine.schedules.pause("ticking"), { code: "schedule-not-found", status: 404 });
  });

  it("an object in the bucket starts one run for each of its contents, among many others", async () => {
    const store = bucket();
    // More than a page of the bucket's list, and much quicker than by its port.
    const old = join(folder.path, "bucket/incoming/old");
    await mkdir(old, { recursive: true });
    for (let index = 0; index < 1100; index++) await writeFile(join(old, `${index}.csv`), "old");
    // What is this new may have come after the trigger, by a clock that ticks in milliseconds.
    await delay(20);
    await engine.putDefinition(`name: arriving
inputs: {key: {type: string}, size: {type: integer}}
triggers: [{object: {prefix: incoming/, suffix: .csv}}]
${tell("${inputs.key}")}`);
    await store.put("incoming/old/5000.csv", "new");
    await store.put("incoming/notes.txt", "no csv");
    await store.put("outgoing/a.csv", "elsewhere");
    await runsOf("arriving", 1);
    await store.put("incoming/old/5000.csv", "other content");
    await store.put("incoming/a.csv", "1");
    await runsOf("arriving", 3);
    await engine.stop();
    await store.put("incoming/while-stopped.csv", "22");
    engine = await startEngine();
    const runs = await runsOf("arriving", 4);
    assert.deepEqual(runs.map(({ inputs }) => `${inputs.key} ${inputs.size}`).sort(), [
      "incoming/a.csv 1",
      "incoming/old/5000.csv 13",
      "incoming/old/5000.csv 3",
      "incoming/while-stopped.csv 2",
    ]);
    await engine.putDefinition(`name: arriving\n${tell("no more")}`);
  });

  it("the end of a run starts those of other workflows, with its outputs", async () => {
    const following = (name: string, ended: string, states = "") => `name: ${name}
inputs: {model: {type: string, default: none}, run: {type: string}, state: {type: string}}
triggers: [{workflow: {name: ${ended}${states}}}]
outputs: {model: {type: string, value: "\${inputs.model}"}}
${tell("${inputs.state}")}`;
    await engine.putDefinition(following("evaluating", "training"));
    await engine.putDefinition(following("alarm", "training", ", states: [failed, cancelled]"));
    await engine.putDefinition(following("publishing", "evaluating"));
    await engine.putDefinition(`name: training
inputs: {pause: {type: number}}
outputs: {model: {type: string, value: m-7}}
tasks:
  a: {uses: wait, with: {seconds: "\${inputs.pause}"}}
`);
    const run = await engine.startRun({ workflow: "training", inputs: { pause: 0 } });
    const [published] = await runsOf("publishing", 1);
    const [evaluated] = await runsOf("evaluating", 1);
    assert.deepEqual(evaluated?.inputs, { model: "m-7", run: run.id, state: "succeeded" });
    assert.deepEqual(published?.inputs, { model: "m-7", run: evaluated?.id, state: "succeeded" });
    const cancelled = await engine.startRun({ workflow: "training", inputs: { pause: 3600 } });
    await engine.cancelRun(cancelled.id);
    const [alarm] = await runsOf("alarm", 1);
    assert.deepEqual(alarm?.inputs, { model: "none", run: cancelled.id, state: "cancelled" });
    assert.equal((await runsOf("evaluating", 1)).length, 1);
  });

  it("refuses a workflow whose trigger closes a loop", async () => {
    const triggered = (name: string, other: string) =>
      `name: ${name}\ntriggers: [{workflow: {name: ${other}}}]\n${tell("x")}`;
    await engine.putDefinition(triggered("ping", "pong"));
    await assert.rejects(engine.putDefinition(triggered("pong", "ping")), {
      code: "invalid-workflow",
      problems: [
        {
          path: "triggers[0].workflow.name",
          message: "the workflows would start each other without end: pong -> ping -> pong",
        },
      ],
    });
  });
});
