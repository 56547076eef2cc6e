import assert from "node:assert/strict";
import type { Estimates } from "../../../../runtime/workflows/run-plan/estimates.ts";
import { suggestionsFor } from "../../../../runtime/workflows/run-plan/suggestions.ts";
import { parseWorkflow } from "../../../../runtime/workflows/specification.ts";

const { workflow } = parseWorkflow(`
name: w
tasks:
  clean: { uses: decide, with: { outputs: { a: 1 } } }
  train: { uses: decide, with: { outputs: { a: 1 } }, duration: 10, resources: { memory: 4Gi } }
  evaluate: { uses: decide, with: { outputs: { a: "\${tasks.train.outputs.a}" } }, needs: [clean] }
`);

/** The same of three runs. */
function runs(samples: Record<string, object>): Estimates {
  return Object.fromEntries(
    Object.entries(samples).map(([task, sample]) => [
      task,
      ["one", "two", "three"].map((run) => ({ run, seconds: 0.5, ...sample })),
    ]),
  );
}

describe("suggestions from past runs", () => {
  it("add a dependency where a task read what another wrote, and drop one of which nothing was taken", () => {
    const estimates = runs({
      clean: { read: ["raw.csv"], written: ["runs/{run}/clean.csv"] },
      train: { read: ["runs/{run}/clean.csv"], written: ["runs/{run}/model"], seconds: 10 },
      evaluate: { read: ["runs/{run}/model"], written: [] },
    });
    assert.deepEqual(suggestionsFor(workflow, estimates), [
      { kind: "missing-dependency", task: "train", needs: "clean", keys: ["runs/{run}/clean.csv"], runs: 3 },
      { kind: "unused-dependency", task: "evaluate", needs: "clean", runs: 3 },
    ]);
  });

  it("say nothing of dependencies where tasks do not go through the bucket", () => {
    const estimates = runs({ clean: {}, train: { seconds: 10 }, evaluate: {} });
    assert.deepEqual(suggestionsFor(workflow, estimates), []);
  });

  it("correct a duration and memory that are far from what was measured", () => {
    const estimates = runs({ train: { seconds: 100, memoryBytes: 2 ** 30 } });
    assert.deepEqual(suggestionsFor(workflow, estimates), [
      { kind: "duration", task: "train", declared: 10, p50: 100, p90: 100, runs: 3 },
      { kind: "memory", task: "train", declared: 4 * 2 ** 30, peak: 2 ** 30, runs: 3 },
    ]);
  });
});
