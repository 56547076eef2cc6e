import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createLocalObjectStore } from "../../runtime/object-store/local.ts";
import { readEstimates } from "../../runtime/workflows/run-plan/estimates.ts";
import { workflowRuntime } from "./workflow-runtime.ts";

describe("skyloom workflows suggestions", function () {
  this.timeout(120_000);
  const runtime = workflowRuntime();
  const suggestions = (...args: string[]) => runtime.skyloom("workflows", "suggestions", ...args);

  it("tells what past runs say of a workflow file", async () => {
    const tasks = "  quick: {uses: decide, with: {outputs: {a: 1}}, duration: 600}\n";
    for (let run = 0; run < 3; run++) await runtime.wait(await runtime.start("slow", tasks), undefined, 60);
    await learned("slow", 3);
    const { exitCode, stdout, stderr } = await suggestions("slow");
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^quick: duration [\d.]+ \(90 % within [\d.]+ s\), declared 600, by 3 runs\n$/);
    const json = JSON.parse((await suggestions("slow", "--json")).stdout);
    assert.deepEqual(
      json.suggestions.map(({ kind, task, declared, runs }: Record<string, unknown>) => [
        kind,
        task,
        declared,
        runs,
      ]),
      [["duration", "quick", 600, 3]],
    );
  });

  it("says so where there is nothing to suggest, and which workflow is not there", async () => {
    await runtime.engine.putDefinition("name: new\ntasks:\n  a: {uses: decide, with: {outputs: {a: 1}}}\n");
    const nothing = await suggestions("new");
    assert.deepEqual([nothing.exitCode, nothing.stdout], [0, "past runs suggest nothing\n"], nothing.stderr);
    const unknown = await suggestions("none");
    assert.deepEqual([unknown.exitCode, unknown.stdout], [2, ""]);
    assert.match(unknown.stderr, /there is no workflow "none"/);
  });

  /** Runs are learned from once they have ended. */
  async function learned(workflow: string, runs: number): Promise<void> {
    const store = createLocalObjectStore({ folder: join(runtime.folder, "bucket") });
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(50)) {
      const estimates = Object.values(await readEstimates(store, workflow));
      if (estimates.every(({ length }) => length >= runs) && estimates.length > 0) return;
    }
    throw new Error(`fewer than ${runs} runs of ${workflow} were learned from within 60 s`);
  }
});
