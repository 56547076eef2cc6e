import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createLocalObjectStore } from "../../../../runtime/object-store/local.ts";
import { readEstimates } from "../../../../runtime/workflows/run-plan/estimates.ts";
import type { RunPlans } from "../../../../runtime/workflows/run-plan/run-plans.ts";
import type { WorkflowEngine } from "../../../../runtime/workflows/workflow-engine.ts";
import { serveEngine, testEngine } from "../engine-server.ts";
import { type RestateServer, startRestateServer } from "../restate-server.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { waitForRun } from "../wait-for-run.ts";

describe("planned runs on a real Restate", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let restate: RestateServer;
  let engine: WorkflowEngine;
  let server: { url: string; close(): Promise<void> };

  before(async () => {
    restate = await startRestateServer(join(folder.path, "restate"));
    engine = testEngine({
      bucket: join(folder.path, "bucket"),
      restateIngress: restate.ingress,
      restateAdmin: restate.admin,
      workflowPort: 0,
      pools: "cpu=2",
    });
    await engine.start();
    server = await serveEngine(engine);
  });
  after(async () => {
    await server?.close();
    await engine?.stop();
    await restate?.kill();
  });

  async function ended(name: string, tasks: string, head = "") {
    await engine.putDefinition(`name: ${name}\n${head}tasks:\n${tasks}`);
    const run = await engine.startRun({ workflow: name });
    return await waitForRun(() => engine.getRun(run.id), undefined, 60);
  }
  const plansOf = async (id: string) =>
    (await (await fetch(`${server.url}/v1/runs/${id}/plan`)).json()) as RunPlans;

  it("begin their tasks in the order of the plan, and tell planned and actual times", async () => {
    const run = await ended(
      "weighted",
      `  light: {uses: decide, with: {outputs: {a: 1}}, duration: 2, weight: 1}
  heavy: {uses: decide, with: {outputs: {a: 1}}, duration: 2, weight: 9}
  middle: {uses: decide, with: {outputs: {a: 1}}, duration: 2, weight: 4}
`,
      "concurrency: 1\n",
    );
    assert.equal(run.state, "succeeded");
    const { plans, tasks } = await plansOf(run.id);
    assert.deepEqual(plans[0]?.reason, { kind: "start" });
    assert.equal(plans[0]?.plan?.isProven, true);
    const planned = Object.fromEntries(tasks.map(({ name, planned }) => [name, planned?.start]));
    assert.equal(planned.heavy, 0);
    const byActual = tasks.toSorted((one, other) => (one.actual?.start ?? 0) - (other.actual?.start ?? 0));
    const starts = byActual.map(({ actual }) => actual?.start);
    // A step may take less than a millisecond: then order says nothing.
    if (new Set(starts).size === 3)
      assert.deepEqual(
        byActual.map(({ name }) => name),
        ["heavy", "middle", "light"],
      );
    assert.ok(tasks.every(({ actual }) => actual?.end !== undefined));
    const picture = await fetch(`${server.url}/v1/runs/${run.id}/plan`, {
      headers: { accept: "image/svg+xml" },
    });
    assert.match(await picture.text(), /<title id="title">weighted: run-[^<]*<\/title>[\s\S]*class="done"/);
  });

  it("are planned again when a task fails", async () => {
    const run = await ended(
      "failing",
      `  train: {uses: script, with: {command: [node, -e, "process.exit(3)"]}, duration: 2, retries: {maximum: 0}}
  recover: {uses: decide, when: "\${tasks.train.state == 'failed'}", with: {outputs: {a: 1}}, duration: 5}
  after: {uses: decide, needs: [recover], with: {outputs: {a: 1}}, duration: 7}
`,
    );
    assert.equal(run.state, "succeeded");
    const { plans } = await plansOf(run.id);
    assert.deepEqual(plans[0]?.plan?.criticalPath, ["train", "recover", "after"]);
    const again = plans.find(({ reason }) => reason.kind === "failure");
    assert.deepEqual(again?.reason, { kind: "failure", task: "train" });
    assert.ok(again?.plan?.tasks.every(({ name }) => name !== "train"));
  });

  it("are granted scarce resources in the order of the plan", async () => {
    const held = "resources: {cpu: 2}, duration: 3";
    const run = await ended(
      "scarce",
      `  light: {uses: decide, with: {outputs: {a: 1}}, weight: 1, ${held}}
  middle: {uses: decide, with: {outputs: {a: 1}}, weight: 4, ${held}}
  heavy: {uses: decide, with: {outputs: {a: 1}}, weight: 9, ${held}}
`,
    );
    assert.equal(run.state, "succeeded");
    const { plans, tasks } = await plansOf(run.id);
    assert.equal(plans[0]?.capacity.split(",")[0], "cpu=2");
    assert.deepEqual(plans[0]?.plan?.criticalPath, ["heavy", "middle", "light"]);
    const end = (name: string) => tasks.find((task) => task.name === name)?.actual?.end ?? 0;
    assert.ok(end("heavy") <= end("middle") && end("middle") <= end("light"), JSON.stringify(tasks));
  });

  it("teach how long tasks take", async () => {
    const tasks = "  quick: {uses: decide, with: {outputs: {a: 1}}, duration: 100}\n";
    const first = await ended("learning", tasks);
    const store = createLocalObjectStore({ folder: join(folder.path, "bucket") });
    // Learned once the run has ended.
    const learned = async () => (await readEstimates(store, "learning")).quick ?? [];
    for (const until = Date.now() + 30_000; (await learned()).length === 0 && Date.now() < until; )
      await delay(20);
    const quick = await learned();
    assert.deepEqual(
      quick.map(({ run }) => run),
      [first.id],
    );
    const second = await ended("learning", tasks);
    const { plans } = await plansOf(second.id);
    // Declared 100 s counts as three runs, the first run as one of nearly nothing.
    const planned = plans[0]?.plan?.makespan ?? 0;
    assert.ok(planned >= 75 && planned < 80, `${planned}`);
  });

  it("are not planned where their workflow says nothing to plan with", async () => {
    const run = await ended("plain", "  only: {uses: decide, with: {outputs: {a: 1}}}\n");
    assert.deepEqual((await plansOf(run.id)).plans, []);
    const picture = await fetch(`${server.url}/v1/runs/${run.id}/plan`, {
      headers: { accept: "image/svg+xml" },
    });
    assert.equal(picture.status, 404);
  });
});
