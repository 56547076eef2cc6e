import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseWorkflow } from "../../../runtime/workflows/specification.ts";
import { specificationSchema, taskSchema } from "../../../runtime/workflows/specification-schema.ts";

describe("docs/workflow-file.md", () => {
  const page = readFileSync(new URL("../../../docs/workflow-file.md", import.meta.url), "utf8");

  it("shows a workflow that is valid and complete", () => {
    const [, example = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    const { workflow, warnings } = parseWorkflow(example);
    assert.deepEqual(warnings, []);
    assert.deepEqual(workflow.order, ["clean", "train"]);
  });

  it("tells every key of a workflow and of a task", () => {
    for (const key of [...Object.keys(specificationSchema.shape), ...Object.keys(taskSchema.shape)])
      assert(page.includes(`\`${key}\``) || key === "description" || key === "tasks", key);
  });
});
