import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { createLogger } from "../../runtime/monitoring/logger.ts";
import { createJobsRouter } from "../../runtime/routes/jobs.ts";
import { createApp, listen, type RunningServer } from "../../runtime/server.ts";
import { row } from "../runtime/inference/models.ts";
import { JobFixture, useEngine } from "../runtime/jobs/job-fixture.ts";
import { skyloom } from "./skyloom.ts";

describe("skyloom jobs", function () {
  this.timeout(60_000);
  const engine = useEngine();
  const fixture = new JobFixture();
  const folder = mkdtempSync(join(tmpdir(), "skyloom-jobs-"));
  const file = join(folder, "job.json");
  let server: RunningServer;

  before(async () => {
    await fixture.start(engine());
    writeFileSync(file, JSON.stringify({ model: "scale", inputs: row(1, 2).inputs }));
    const app = createApp({
      logger: createLogger("silent"),
      registry: new Registry(),
      token: undefined,
      readiness: [],
      routers: [createJobsRouter({ jobs: fixture.jobs, maximumRequestBytes: 1_000_000 })],
    });
    server = await listen(app, "127.0.0.1", 0);
  });
  after(async () => {
    await server.stop(0);
    await fixture.stop();
    rmSync(folder, { recursive: true });
  });

  const jobs = (...args: string[]) => skyloom(["jobs", ...args, "--url", `http://127.0.0.1:${server.port}`]);

  it("submit a file, show what became of it, and list what there is", async () => {
    const submitted = await jobs("submit", file, "--id", "a/1", "--json");
    assert.deepEqual(
      [JSON.parse(submitted.stdout).state, submitted.exitCode],
      ["pending", 0],
      submitted.stderr,
    );
    await fixture.workOff();
    const shown = JSON.parse((await jobs("show", "a/1", "--json")).stdout);
    assert.deepEqual([shown.state, shown.response.outputs[0].data], ["succeeded", [2, 4]]);
    assert.match((await jobs("show", "a/1")).stdout, /job a\/1: succeeded, model scale/);
    assert.match((await jobs("list", "--state", "succeeded")).stdout, /a\/1 +scale +succeeded/);
    const refused = await jobs("cancel", "a/1");
    assert.deepEqual([refused.exitCode, /has begun/.test(refused.stderr)], [2, true]);
  });

  it("tell what is wrong with a request", async () => {
    const wrong = await jobs("submit", file, "--model", "none");
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.stderr, /there is no model "none"/);
    writeFileSync(join(folder, "list.json"), "[]");
    assert.match((await jobs("submit", join(folder, "list.json"))).stderr, /must be an object/);
  });
});
