import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseWorkflow } from "../../../../runtime/workflows/specification.ts";
import { projectFolder } from "../../../../scripts/project.mjs";

describe("docs/task-types.md", () => {
  it("shows tasks that are valid, together as one workflow", () => {
    const page = readFileSync(join(projectFolder, "docs/task-types.md"), "utf8");
    const blocks = [...page.matchAll(/^```yaml\n([a-z-]+:\n {2}uses: .*?)^```$/gms)].map(
      ([, block = ""]) => block,
    );
    const tasks = blocks.map((block) => block.replaceAll(/^(?=.)/gm, "  ")).join("");
    const { workflow } = parseWorkflow(`name: documentation\ntasks:\n${tasks}`);
    assert.ok(workflow.order.includes("clean-readings") && workflow.order.includes("count"));
  });
});
