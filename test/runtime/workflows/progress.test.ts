import assert from "node:assert/strict";
import { createProgress, type Progress } from "../../../runtime/workflows/progress.ts";
import { parseWorkflow } from "../../../runtime/workflows/specification.ts";

function progressOf(tasks: string, head = ""): Progress {
  const { workflow } = parseWorkflow(`name: example\n${head}tasks:\n${tasks}`);
  return createProgress(workflow, { id: "r", inputs: { n: 3 } });
}
const states = (progress: Progress) =>
  Object.fromEntries([...progress.tasks.values()].map((task) => [task.name, task.state]));
const succeed = (progress: Progress, name: string, outputs = {}) =>
  progress.update(name, { state: "succeeded", outputs });
const fail = (progress: Progress, name: string) =>
  progress.update(name, { state: "failed", error: "broken" });
const notify = (rest: string) => `{uses: notify, with: {message: x}, ${rest}}`;

describe("progress of a run", () => {
  it("starts what waits for nothing, the highest priority first", () => {
    const progress = progressOf(
      `  a: ${notify("priority: 1")}\n  b: ${notify("priority: 5")}\n  c: ${notify("needs: [a]")}\n`,
    );
    assert.deepEqual(progress.decide().ready, ["b", "a"]);
    succeed(progress, "a");
    assert.deepEqual(progress.decide().ready, ["b", "c"]);
  });

  it("skips on a false condition, and what needs a skipped task, all at once", () => {
    const progress = progressOf(
      `  a: ${notify("when: false")}\n  b: ${notify("needs: [a]")}\n  c: ${notify("needs: [b]")}\n`,
    );
    assert.deepEqual(progress.decide().ready, []);
    assert.deepEqual(states(progress), { a: "skipped", b: "skipped", c: "skipped" });
    assert.equal(progress.outcome().state, "succeeded");
  });

  it("skips a task whose condition looks at outputs that a skipped task never gave", () => {
    const progress = progressOf(
      `  a: ${notify("when: false")}\n  b: ${notify("when: \"${tasks.a.outputs.level == 'info'}\"")}\n`,
    );
    progress.decide();
    assert.equal(states(progress).b, "skipped");
  });

  it("fails a task whose condition fails or gives no boolean", () => {
    const progress = progressOf(
      `  a: ${notify("")}\n  b: ${notify('when: "${tasks.a.outputs.missing == 1}"')}\n  c: ${notify('when: "${inputs.n}"')}\n`,
      "inputs: {n: {}}\n",
    );
    assert.match(
      progress.decide().settled.find((task) => task.name === "c")?.error ?? "",
      /true or false, not 3/,
    );
    const other = progressOf(
      `  a: ${notify("")}\n  b: ${notify('when: "${tasks.a.outputs.missing == 1}"')}\n`,
    );
    succeed(other, "a", {});
    assert.match(other.decide().settled[0]?.error ?? "", /No such key: missing/);
    assert.match(other.outcome().error ?? "", /^task b failed: "when": expression/);
  });

  it("starts nothing more after a failure that nothing handles", () => {
    const progress = progressOf(`  a: ${notify("")}\n  b: ${notify("")}\n  c: ${notify("needs: [b]")}\n`);
    fail(progress, "a");
    succeed(progress, "b");
    assert.deepEqual(progress.decide(), { settled: [], ready: [] });
    assert.deepEqual(progress.outcome(), { state: "failed", outputs: null, error: "task a failed: broken" });
  });

  const handled = `  a: ${notify("")}\n  b: ${notify("needs: [a]")}\n  c: ${notify("when: \"${tasks.b.state != 'succeeded'}\"")}\n`;
  it("lets a task that looks at the state of the failed one, or of one behind it, handle the failure", () => {
    const progress = progressOf(handled);
    fail(progress, "a");
    assert.deepEqual(progress.decide().ready, ["c"]);
    assert.equal(states(progress).b, "skipped");
    succeed(progress, "c");
    assert.deepEqual(progress.outcome(), { state: "succeeded", outputs: {}, error: null });
  });
  it("fails the run where the handler fails too", () => {
    const progress = progressOf(handled);
    fail(progress, "a");
    progress.decide();
    fail(progress, "c");
    assert.match(progress.outcome().error ?? "", /^task a failed/);
  });

  it("computes the run's outputs; those of skipped tasks are null, those of the wrong type fail the run", () => {
    const head =
      'outputs: {x: {type: number, value: "${tasks.a.outputs.x}"}, y: {type: string, value: "${tasks.b.outputs.level}"}}\n';
    const tasks = `  a: {uses: decide, with: {outputs: {x: 1}}}\n  b: ${notify("when: false")}\n`;
    const progress = progressOf(tasks, head);
    progress.decide();
    succeed(progress, "a", { x: 1 });
    assert.deepEqual(progress.outcome().outputs, { x: 1, y: null });
    succeed(progress, "a", { x: "text" });
    assert.match(progress.outcome().error ?? "", /outputs\.x: .*expected number/);
  });

  it("evaluates parameters from inputs and outputs", () => {
    const progress = progressOf(
      '  a: {uses: decide, with: {outputs: {}}}\n  b: {uses: decide, with: {outputs: {x: "${tasks.a.outputs.x + inputs.n}"}}}\n',
      "inputs: {n: {}}\n",
    );
    succeed(progress, "a", { x: 4 });
    assert.deepEqual(progress.parameters("b"), { outputs: { x: 7 } });
  });

  it("shows artifacts by name: of a task's outputs the one of the name, else all, and inputs", () => {
    const use = (name: string, type = "t") =>
      `{uses: decide, consumes: {${name}: ${type}}, with: {outputs: {x: "\${artifacts.${name}}"}}}`;
    const progress = progressOf(
      `  a: {uses: decide, produces: {one: t, all: t}, with: {outputs: {}}}\n  b: ${use("one")}\n  c: ${use("all")}\n  d: ${use("n", "number")}\n`,
      "inputs: {n: {type: number}}\n",
    );
    assert.deepEqual(progress.parameters("b"), { outputs: { x: null } });
    succeed(progress, "a", { one: 1, two: 2 });
    assert.deepEqual(progress.parameters("b"), { outputs: { x: 1 } });
    assert.deepEqual(progress.parameters("c"), { outputs: { x: { one: 1, two: 2 } } });
    assert.deepEqual(progress.parameters("d"), { outputs: { x: 3 } });
  });
});
