import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { engineFixture, statesOf } from "./engine-fixture.ts";
import { waitForRun } from "./wait-for-run.ts";

describe("a deleted workflow on a real Restate", function () {
  this.timeout(120_000);
  const fixture = engineFixture();

  it("is unknown to whatever starts runs; a run under way ends, is readable and may be retried", async () => {
    const [go, mark] = ["go", "mark"].map((name) => join(fixture.folder, name));
    const specification = `name: gone
triggers: [{message: {type: gone}}, {schedule: {cron: "0 6 1 1 *"}}]
tasks:
  held: {uses: script, with: {command: [sh, -c, "while [ ! -e ${go} ]; do sleep 0.1; done"]}}
  act: {uses: script, needs: [held], with: {command: [./act.sh, "${mark}"]}}
`;
    const files = { "act.sh": "#!/bin/sh\ntest -e $1\n" };
    await fixture.engine.putDefinition(specification, files);
    await fixture.engine.schedules.pause("gone");
    const { id } = await fixture.engine.startRun({ workflow: "gone" });
    await fixture.wait({ id }, (run) => statesOf(run).held === "running");

    await fixture.engine.deleteDefinition("gone");
    for (const version of [undefined, 1])
      await assert.rejects(fixture.engine.startRun({ workflow: "gone", version }), {
        code: "workflow-not-found",
        status: 404,
      });
    await assert.rejects(fixture.engine.handleMessage({ id: "m", type: "gone" }), { code: "no-trigger" });
    await assert.rejects(fixture.engine.runSchedule("gone"), { code: "workflow-not-found" });
    assert.deepEqual(await fixture.engine.schedules.list(), []);

    await writeFile(go as string, "");
    assert.equal((await fixture.wait({ id })).state, "failed");
    await writeFile(mark as string, "");
    await fixture.engine.retryRun(id);
    assert.equal((await fixture.wait({ id })).state, "succeeded");
    assert.deepEqual(
      (await fixture.engine.listRuns({ workflow: "gone" })).runs.map((run) => run.id),
      [id],
    );

    // Its schedules begin anew: the pause is gone with them.
    assert.equal((await fixture.engine.putDefinition(specification, files)).version, 1);
    assert.deepEqual(
      (await fixture.engine.schedules.list()).map(({ workflow, paused }) => [workflow, paused]),
      [["gone", false]],
    );
  });

  it("is started by no tick of its schedule any more", async () => {
    const every = (name: string) =>
      `name: ${name}\ntriggers: [{schedule: {cron: "* * * * * *"}}]\ntasks: {a: {uses: decide, with: {outputs: {}}}}\n`;
    const count = async (workflow: string) =>
      (await fixture.engine.listRuns({ workflow, pageSize: 200 })).runs.length;
    const moreOf = async (workflow: string) => {
      const before = await count(workflow);
      await waitForRun(
        async () => {
          assert.ok((await count(workflow)) > before);
          return undefined as never;
        },
        () => true,
        60,
      );
    };
    await fixture.engine.putDefinition(every("deleted"));
    await fixture.engine.putDefinition(every("other"));
    await moreOf("deleted");
    await fixture.engine.deleteDefinition("deleted");
    // What had come due by then has begun once the other one goes on.
    await moreOf("other");
    const left = await count("deleted");
    await moreOf("other");
    await moreOf("other");
    assert.equal(await count("deleted"), left);
  });
});
