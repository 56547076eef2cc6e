import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseWorkflow } from "../../../../runtime/workflows/specification.ts";
import { projectFolder } from "../../../../scripts/project.mjs";

describe("docs/workflows-composites.md", () => {
  it("shows tasks and triggers that are valid, together as one workflow", () => {
    const page = readFileSync(join(projectFolder, "docs/workflows-composites.md"), "utf8");
    const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = ""]) => block);
    const triggers = blocks.filter((block) => block.startsWith("triggers:")).join("");
    const tasks = blocks
      .filter((block) => !block.startsWith("triggers:"))
      .map((block) => block.replaceAll(/^(?=.)/gm, "  "))
      .join("");
    const inputs = ["due", "order", "guest", "run"].map((name) => `${name}: {default: ""}`).join(", ");
    const { workflow } = parseWorkflow(
      `name: documentation\ninputs: {${inputs}}\n${triggers}tasks:\n${tasks}`,
    );
    assert.deepEqual(
      Object.values(workflow.tasks).map(({ uses }) => uses),
      ["map", "reduce", "workflow", "approve", "wait", "event", "event"],
    );
    assert.equal(workflow.triggers.length, 3);
  });
});
