import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseCatalogue } from "../../../runtime/workflows/composition/catalogue.ts";
import { compose } from "../../../runtime/workflows/composition/compose.ts";
import type { WorkflowEngine } from "../../../runtime/workflows/workflow-engine.ts";
import { testEngine } from "../../runtime/workflows/engine-server.ts";
import { type RestateServer, startRestateServer } from "../../runtime/workflows/restate-server.ts";
import { temporaryFolder } from "../../runtime/workflows/temporary-folder.ts";
import { waitForRun } from "../../runtime/workflows/wait-for-run.ts";

describe("examples/workflows/compose", function () {
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

  it("composes a workflow that runs: artifacts go from task to task", async () => {
    const file = new URL("../../../examples/workflows/compose/catalogue.yaml", import.meta.url);
    const catalogue = parseCatalogue(readFileSync(file, "utf8"));
    const { specification } = compose([catalogue], { name: "sales", goal: ["forecast", "quality"] });
    await engine.putDefinition(specification);
    const sales = [{ sold: 3 }, { sold: 0 }, { sold: 5 }];
    const { id } = await engine.startRun({ workflow: "sales", inputs: { sales } });
    const run = await waitForRun(() => engine.getRun(id));
    assert.equal(run.error, null);
    assert.deepEqual(run.outputs, { forecast: 5, quality: "poor" });
  });
});
