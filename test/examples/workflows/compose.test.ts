import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseCatalogue } from "../../../runtime/workflows/composition/catalogue.ts";
import { compose } from "../../../runtime/workflows/composition/compose.ts";
import { engineFixture } from "../../runtime/workflows/engine-fixture.ts";

describe("examples/workflows/compose", function () {
  this.timeout(60_000);
  const fixture = engineFixture();

  it("composes a workflow that runs: artifacts go from task to task", async () => {
    const file = new URL("../../../examples/workflows/compose/catalogue.yaml", import.meta.url);
    const catalogue = parseCatalogue(readFileSync(file, "utf8"));
    const { specification } = compose([catalogue], { name: "sales", goal: ["forecast", "quality"] });
    await fixture.engine.putDefinition(specification);
    const sales = [{ sold: 3 }, { sold: 0 }, { sold: 5 }];
    const started = await fixture.engine.startRun({ workflow: "sales", inputs: { sales } });
    const run = await fixture.wait(started);
    assert.equal(run.error, null);
    assert.deepEqual(run.outputs, { forecast: 5, quality: "poor" });
  });
});
