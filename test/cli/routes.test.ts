import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { publishModel } from "../../runtime/inference/model-repository.ts";
import { createLogger } from "../../runtime/monitoring/logger.ts";
import { createRoutingRouter } from "../../runtime/routes/routing.ts";
import { createApp, listen, type RunningServer } from "../../runtime/server.ts";
import { row, scaleModel } from "../runtime/inference/models.ts";
import { type Replica, useReplicas } from "../runtime/routing/routing-fixture.ts";
import { skyloom } from "./skyloom.ts";

describe("skyloom routes", function () {
  this.timeout(120_000);
  const replicas = useReplicas();
  const folder = mkdtempSync(join(tmpdir(), "skyloom-routes-"));
  const file = join(folder, "route.json");
  let replica: Replica;
  let server: RunningServer;

  beforeEach(async () => {
    await publishModel(replicas.engines.store, scaleModel(1, "one"));
    await publishModel(replicas.engines.store, scaleModel(2, "two"));
    replica = await replicas.start();
    const app = createApp({
      logger: createLogger("silent"),
      registry: new Registry(),
      token: undefined,
      readiness: [],
      routers: [createRoutingRouter({ routes: replica.routes })],
    });
    server = await listen(app, "127.0.0.1", 0);
  });
  afterEach(() => server.stop(0));
  after(() => rmSync(folder, { recursive: true }));

  const routes = (...args: string[]) =>
    skyloom(["routes", ...args, "--url", `http://127.0.0.1:${server.port}`]);
  const bandit = {
    kind: "bandit",
    algorithm: "thompson",
    targets: { a: { model: "one" }, b: { model: "two" } },
  };

  it("puts, promotes, rolls back, shows and deletes one", async () => {
    writeFileSync(file, JSON.stringify(bandit));
    const put = await routes("put", "best", file, "--person", "ada");
    assert.match(put.stdout, /✓ route best chooses by bandit, revision 1/, put.stderr);
    const { id } = await replica.inference.infer("best", undefined, row(1, 1));
    await replica.routes.reward(id as string, 0.5);
    assert.match((await routes("promote", "best", "b")).stdout, /sends everything to b, revision 2/);
    assert.match((await routes("list")).stdout, /best +bandit +2 +\S+ +b/);
    assert.match(
      (await routes("rollback", "best", "--person", "bob")).stdout,
      /chooses by bandit, revision 3/,
    );
    const { stdout } = await routes("show", "best");
    assert.match(stdout, /route best: bandit\n/);
    assert.match(stdout, /(a +one|b +two) +current +1, 0\.500 on average/);
    assert.match(stdout, /3 +rollback .+bob\n2 +promote +b .+\n1 +put .+ada/);
    assert.match((await routes("delete", "best")).stdout, /route best is deleted/);
    const gone = await routes("show", "best");
    assert.deepEqual([gone.exitCode, /there is no route "best"/.test(gone.stderr)], [2, true]);
  });

  it("tells what is wrong with a route", async () => {
    writeFileSync(file, JSON.stringify({ ...bandit, targets: { a: { model: "none" } } }));
    const wrong = await routes("put", "best", file);
    assert.deepEqual([wrong.exitCode, /targets/.test(wrong.stderr)], [2, true], wrong.stderr);
    writeFileSync(file, "[]");
    assert.match((await routes("put", "best", file)).stderr, /route\.json must be an object/);
  });
});
