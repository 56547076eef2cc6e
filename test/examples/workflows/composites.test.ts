import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import { type Run, reportKey } from "../../../runtime/workflows/run.ts";
import { parseWorkflow } from "../../../runtime/workflows/specification.ts";
import type { WorkflowEngine } from "../../../runtime/workflows/workflow-engine.ts";
import { projectFolder } from "../../../scripts/project.mjs";
import { testEngine } from "../../runtime/workflows/engine-server.ts";
import { type RestateServer, startRestateServer } from "../../runtime/workflows/restate-server.ts";
import { temporaryFolder } from "../../runtime/workflows/temporary-folder.ts";
import { waitForRun } from "../../runtime/workflows/wait-for-run.ts";

const examples = join(projectFolder, "examples/workflows");
const read = (path: string) => readFileSync(join(examples, path), "utf8");

describe("examples of map and reduce, sub-workflows, decisions, waits, events and triggers", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let restate: RestateServer;
  let engine: WorkflowEngine;
  const bucket = () => createLocalObjectStore({ folder: join(folder.path, "bucket") });

  before(async () => {
    restate = await startRestateServer(join(folder.path, "restate"));
    engine = testEngine({
      bucket: join(folder.path, "bucket"),
      restateIngress: restate.ingress,
      restateAdmin: restate.admin,
      workflowPort: 0,
      objectPollSeconds: 0.1,
    });
    await engine.start();
  });
  after(async () => {
    await engine?.stop();
    await restate?.kill();
  });

  async function put(path: string, files: Record<string, string> = {}): Promise<string> {
    assert.deepEqual(parseWorkflow(read(path)).warnings, []);
    return (await engine.putDefinition(read(path), files)).name;
  }
  const ended = ({ id }: { id: string }) => waitForRun(() => engine.getRun(id), undefined, 60);

  it("map-reduce adds up the sales of the bucket's files", async () => {
    const script = "scripts/sum-by-product.mjs";
    const workflow = await put("map-reduce/workflow.yaml", { [script]: read(`map-reduce/${script}`) });
    const empty = await ended(await engine.startRun({ workflow }));
    assert.deepEqual([empty.error, empty.outputs], [null, { totals: {}, files: 0 }]);
    for (const file of readdirSync(join(examples, "map-reduce/sales")))
      await bucket().put(`sales/${file}`, read(`map-reduce/sales/${file}`));
    const run = await ended(await engine.startRun({ workflow }));
    assert.equal(run.error, null);
    assert.deepEqual(run.outputs, { totals: { apples: 8, pears: 7, plums: 8 }, files: 3 });
  });

  it("decide-and-approve orders what costs little, and the rest when a person agrees", async () => {
    const workflow = await put("decide-and-approve/workflow.yaml");
    const reportOf = async ({ id }: Run) =>
      Buffer.from((await bucket().get(reportKey(id)))?.body ?? []).toString("utf8");
    const cheap = await ended(await engine.startRun({ workflow, inputs: { article: "pen", price: 2 } }));
    assert.deepEqual([cheap.error, cheap.outputs], [null, { ordered: true }]);
    assert.equal(await reportOf(cheap), "# pen\n\nOrdered: true, since it costs little.\n");
    for (const [decision, ordered] of [
      ["yes", true],
      ["no", false],
    ] as const) {
      const { id } = await engine.startRun({ workflow, inputs: { article: "desk", price: 900 } });
      const isAsked = ({ tasks }: Run) =>
        tasks.some(({ name, state }) => name === "ask" && state === "waiting");
      await waitForRun(() => engine.getRun(id), isAsked);
      await engine.approve(id, { task: "ask", decision, person: "Kim" });
      const run = await ended({ id });
      assert.deepEqual([run.error, run.outputs], [null, { ordered }]);
      assert.match(await reportOf(run), new RegExp(`Ordered: ${ordered}, since the answer was ${decision}`));
    }
  });

  it("wait-and-event ships an order that is paid, and not the others", async () => {
    const workflow = await put("wait-and-event/workflow.yaml");
    const paid = await engine.startRun({ workflow, inputs: { order: 7 } });
    await engine.signal(paid.id, { name: "payment", data: { order: 7, amount: 20 } });
    const unpaid = await engine.startRun({ workflow, inputs: { order: 8, patience: 0.1 } });
    const shipped = await ended(paid);
    assert.deepEqual(shipped.outputs, { shipped: true });
    assert.deepEqual(shipped.tasks.at(-1)?.outputs, {
      level: "info",
      message: "order 7, paid 20, is shipped",
    });
    assert.deepEqual((await ended(unpaid)).outputs, { shipped: false });
  });

  it("sub-workflow greets by another workflow; triggers starts a run after it, and for a file", async () => {
    await put("sub-workflow/greet.yaml");
    await put("sub-workflow/workflow.yaml");
    const workflow = await put("triggers/workflow.yaml");
    const [planned] = await engine.schedules.list();
    assert.match(planned?.schedules[0]?.next ?? "", /T0[56]:00:00\.000Z$/);
    const run = await ended(await engine.startRun({ workflow: "welcome" }));
    assert.deepEqual(run.outputs, { said: "Good day, Ada" });
    await bucket().put("reports/incoming/a.csv", "1");
    let told: Run[] = [];
    for (const deadline = Date.now() + 60_000; told.length < 2 && Date.now() < deadline; await delay(50))
      told = (await engine.listRuns({ workflow, state: "succeeded" })).runs;
    assert.deepEqual(told.map(({ outputs }) => outputs?.told).sort(), [
      "report of reports/incoming/a.csv",
      `report of ${run.id}`,
    ]);
  });
});
