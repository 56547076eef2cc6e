import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerRunner } from "../../../runtime/containers/container-runner.ts";
import { projectFolder } from "../../../scripts/project.mjs";
import { testEngine } from "../../runtime/workflows/engine-server.ts";
import { startRestateServer } from "../../runtime/workflows/restate-server.ts";
import { waitForRun } from "../../runtime/workflows/wait-for-run.ts";

/** Runs the example of containers on a real Restate, and holds it to what it says. */
export async function runCountWords(
  folder: string,
  containers: ContainerRunner,
  image = "debian:bookworm-slim",
): Promise<{ log: string }> {
  const file = join(projectFolder, "examples/workflows/container/workflow.yaml");
  const restate = await startRestateServer(join(folder, "restate"));
  const engine = testEngine({
    bucket: join(folder, "bucket"),
    restateIngress: restate.ingress,
    restateAdmin: restate.admin,
    workflowPort: 0,
    containers,
  });
  try {
    await engine.start();
    await engine.putDefinition(readFileSync(file, "utf8"));
    const inputs = { text: "one two\nthree $(four) 'five'", image };
    const { id } = await engine.startRun({ workflow: "count-words", inputs });
    const run = await waitForRun(() => engine.getRun(id), undefined, 120);
    assert.equal(run.error, null);
    assert.deepEqual(run.outputs, { words: 5, short: true });
    const parts: Buffer[] = [];
    for await (const { bytes } of await engine.runLog(id, { task: "count" })) parts.push(bytes);
    const log = Buffer.concat(parts).toString();
    assert.match(log, /5 words\n/);
    return { log };
  } finally {
    await engine.stop();
    await restate.kill();
  }
}
