import assert from "node:assert/strict";
import type { Run } from "../../runtime/workflows/run.ts";
import { type Replicas, startReplicasAndRestate } from "../runtime/workflows/replicas.ts";
import { temporaryFolder } from "../runtime/workflows/temporary-folder.ts";
import { waitForRun } from "../runtime/workflows/wait-for-run.ts";
import { requestOf } from "./replica-client.ts";

describe("a clock that jumps", function () {
  this.timeout(100_000);
  const folder = temporaryFolder();
  let replicas: Replicas;

  before(async () => {
    replicas = await startReplicasAndRestate({
      count: 2,
      folder: folder.path,
      nodeOptions: ["--import", new URL("./jumping-clock.ts", import.meta.url).href],
    });
  });
  after(async () => {
    await replicas?.close();
  });

  it("neither ends a task before it began, nor begins one before those that it needs ended", async () => {
    const [one, other] = replicas.all;
    const again = "test -e mark-again || exit 1";
    const specification = `name: timed
tasks:
  a: {uses: script, with: {command: [sh, -c, "true"]}}
  b: {uses: notify, needs: [a], with: {message: x}}
  c: {uses: script, needs: [a], retries: {maximum: 2, initialInterval: 0}, fallback: {outputs: {}}, with: {command: [sh, -c, "${again}"]}}
  d: {uses: notify, needs: [b, c], with: {message: x}}
  e: {uses: decide, needs: [d], with: {outputs: {}}}
`;
    await requestOf(one?.url ?? "", "PUT", "/v1/workflows/timed", { specification });
    const needs: Record<string, string[]> = { b: ["a"], c: ["a"], d: ["b", "c"], e: ["d"] };
    for (let count = 0; count < 10; count++) {
      const { id } = await requestOf<Run>(one?.url ?? "", "POST", "/v1/runs", { workflow: "timed" });
      const run = await waitForRun(() => requestOf<Run>(other?.url ?? "", "GET", `/v1/runs/${id}`));
      const told = JSON.stringify(run, null, 1);
      assert.equal(run.error, null, told);
      const times = Object.fromEntries(
        run.tasks.map(({ name, startedAt, finishedAt }) => [
          name,
          { begun: startedAt ?? "", ended: finishedAt ?? "" },
        ]),
      );
      for (const [name, time] of Object.entries(times)) {
        assert.ok(time.begun <= time.ended, `${name}: ${told}`);
        for (const before of needs[name] ?? [])
          assert.ok((times[before]?.ended ?? "") <= time.begun, `${name} after ${before}: ${told}`);
      }
      assert.ok(
        run.createdAt <= (run.startedAt ?? "") && (run.startedAt ?? "") <= (run.finishedAt ?? ""),
        told,
      );
    }
  });
});
