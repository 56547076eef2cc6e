import assert from "node:assert/strict";
import { workflowRuntime } from "./workflow-runtime.ts";

describe("skyloom workflows delete", function () {
  this.timeout(120_000);
  const runtime = workflowRuntime();

  it("makes a workflow unknown, and says so where it was", async () => {
    await runtime.engine.putDefinition("name: old\ntasks:\n  a: {uses: decide, with: {outputs: {a: 1}}}\n");
    const deleted = await runtime.skyloom("workflows", "delete", "old");
    assert.deepEqual(
      [deleted.exitCode, deleted.stdout],
      [0, "old is deleted: nothing starts it any more; its runs stay\n"],
      deleted.stderr,
    );
    assert.deepEqual(await runtime.engine.definitions.list(), []);
    const again = await runtime.skyloom("workflows", "delete", "old");
    assert.deepEqual([again.exitCode, again.stdout], [2, ""]);
    assert.match(again.stderr, /there is no workflow "old"/);
  });
});
