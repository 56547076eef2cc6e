import assert from "node:assert/strict";
import { join } from "node:path";
import type { DataSet } from "../../../runtime/data/data-set.ts";
import { prepare } from "../../../runtime/workflows/task-types/prepare.ts";
import { runTask, taskContext } from "../../runtime/workflows/task-types/run-task.ts";
import { temporaryFolder } from "../../runtime/workflows/temporary-folder.ts";
import { createSqsFixture } from "../queue/sqs-fixture.ts";

describe("task prepare on SQS", () => {
  const folder = temporaryFolder();

  it("collects rows from a queue, and deletes them once the result is durable", async () => {
    const fixture = await createSqsFixture();
    const context = taskContext(join(folder.path, "bucket"));
    try {
      for (let n = 0; n < 25; n += 1) await fixture.queue.send(JSON.stringify({ n }));
      const from = { queue: { url: fixture.url, count: 25, seconds: 60 } };
      const wrong = { from, steps: [{ select: ["m"] }] };
      await assert.rejects(runTask(prepare, wrong, context), { code: "invalid-steps" });
      const outputs = await runTask(prepare, { from, format: "jsonl" }, context);
      assert.equal((outputs.data as unknown as DataSet).rows, 25);
      const { visible, inFlight } = await fixture.queue.depth();
      assert.deepEqual([visible, inFlight], [0, 0]);
    } finally {
      await context.outbound.close();
      await fixture.dispose();
    }
  });
});
