import assert from "node:assert/strict";
import { parseWorkflow } from "../../../../runtime/workflows/specification.ts";
import { triggerLoops } from "../../../../runtime/workflows/triggers/trigger-loops.ts";

/** A workflow that the ends of others start and that has others as tasks. */
const workflow = (name: string, triggeredBy: string[], starts: string[] = []) => {
  const tasks = starts
    .map((one, index) => `  t${index}: {uses: workflow, with: {workflow: ${one}}}\n`)
    .join("");
  const triggers = triggeredBy.map((one) => `{workflow: {name: ${one}}}`).join(", ");
  return parseWorkflow(
    `name: ${name}\ntriggers: [${triggers}]\ntasks:\n${tasks}  end: {uses: notify, with: {message: x}}\n`,
  ).workflow;
};

describe("loops of triggers", () => {
  it("are none where workflows follow each other to an end", () => {
    const all = [workflow("b", ["a"]), workflow("c", ["a", "b"]), workflow("a", [], ["d"])];
    assert.deepEqual(triggerLoops(workflow("e", ["c", "d"]), all), []);
  });

  it("are found over several ends, with their path", () => {
    const all = [workflow("b", ["a"]), workflow("c", ["b"])];
    assert.deepEqual(triggerLoops(workflow("a", ["x", "c"]), all), [
      {
        path: "triggers[1].workflow.name",
        message: "the workflows would start each other without end: a -> b -> c -> a",
      },
    ]);
  });

  it("are found where a task of the workflow closes them", () => {
    const problems = triggerLoops(workflow("a", [], ["b"]), [workflow("a", []), workflow("c", ["b"], ["a"])]);
    assert.deepEqual(problems, [
      { path: "tasks", message: "the workflows would start each other without end: c -> a -> b -> c" },
    ]);
  });

  it("of other workflows are none of this one's problems", () => {
    const all = [workflow("b", ["c"]), workflow("c", ["b"])];
    assert.deepEqual(triggerLoops(workflow("a", ["x"]), all), []);
  });
});
