import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { createLogger } from "../../../runtime/monitoring/logger.ts";
import { createInferenceRouter } from "../../../runtime/routes/inference.ts";
import { createRoutingRouter } from "../../../runtime/routes/routing.ts";
import { createApp, listen, type RunningServer } from "../../../runtime/server.ts";
import { row, scaleModel } from "../inference/models.ts";
import { useReplicas } from "../routing/routing-fixture.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers of any form
type Json = any;

describe("routing routes", () => {
  const replicas = useReplicas();
  const servers: RunningServer[] = [];
  const targets = { one: { model: "one" }, two: { model: "two" } };

  beforeEach(async () => {
    await publishModel(replicas.engines.store, scaleModel(1, "one"));
    await publishModel(replicas.engines.store, scaleModel(2, "two"));
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop(0)));
  });

  async function start() {
    const replica = await replicas.start();
    const { inference, routes } = replica;
    const app = createApp({
      logger: createLogger("silent"),
      registry: new Registry(),
      token: undefined,
      readiness: [],
      routers: [
        createInferenceRouter({ inference, name: "skyloom", version: "1.2.3" }),
        createRoutingRouter({ routes }),
      ],
    });
    const server = await listen(app, "127.0.0.1", 0);
    servers.push(server);
    async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
        method,
        headers: { "Content-Type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const answer: Json = text === "" ? {} : JSON.parse(text);
      return { status: response.status, headers: response.headers, body: answer };
    }
    const infer = (name: string, headers: Record<string, string> = {}, request: object = row(1, 1)) =>
      call("POST", `/v2/models/${name}/infer`, request, headers);
    return { ...replica, call, infer };
  }

  it("sends requests by a header, to promoted targets, and back", async () => {
    const { call, infer } = await start();
    const rules = [{ header: "X-Tenant", values: ["acme"], target: "two" }];
    const put = await call("PUT", "/v1/routes/best?person=ada", {
      kind: "match",
      targets,
      rules,
      default: "one",
    });
    assert.equal(put.status, 200);
    assert.equal((await infer("best")).body.model_name, "one");
    assert.equal((await infer("best", { "x-tenant": "acme" })).body.model_name, "two");

    assert.equal((await call("POST", "/v1/routes/best:promote", { target: "two" })).status, 200);
    assert.equal((await infer("best")).body.model_name, "two");
    assert.equal((await call("POST", "/v1/routes/best:rollback", { person: "bob" })).status, 200);
    assert.equal((await infer("best")).body.model_name, "one");

    const { body } = await call("GET", "/v1/routes/best");
    assert.equal(body.revision, 3);
    assert.equal(body.route.default, "one");
    assert.deepEqual(
      body.history.map(({ action, person, promoted }: Json) => [action, person, promoted]),
      [
        ["rollback", "bob", undefined],
        ["promote", undefined, "two"],
        ["put", "ada", undefined],
      ],
    );
    const list = await call("GET", "/v1/routes");
    assert.deepEqual(
      list.body.routes.map(({ name, kind, revision }: Json) => ({ name, kind, revision })),
      [{ name: "best", kind: "match", revision: 3 }],
    );
    assert.equal((await call("DELETE", "/v1/routes/best")).status, 204);
    assert.equal((await infer("best")).body.code, "model-not-found");
    assert.equal((await call("GET", "/v1/routes/best")).body.code, "route-not-found");
  });

  it("answers for a route as for a model", async () => {
    const { call } = await start();
    await call("PUT", "/v1/routes/best", { kind: "split", targets, weights: { one: 1 } });
    const { body } = await call("GET", "/v2/models/best");
    assert.equal(body.name, "best");
    assert.deepEqual(body.inputs, [{ name: "x", datatype: "FP32", shape: [-1, 2] }]);
    assert.equal((await call("GET", "/v2/models/best/ready")).status, 200);
    assert.equal((await call("GET", "/v2/models/best/config")).body.name, "best");
    assert.equal((await call("GET", "/v2/models/best/versions/1")).body.code, "model-version-not-found");
  });

  it("takes one reward for each request, at whichever replica", async () => {
    const [first, second] = [await start(), await start()];
    await first.call("PUT", "/v1/routes/best", { kind: "bandit", algorithm: "thompson", targets });
    await second.routes.refresh();
    const { body, headers } = await first.infer("best");
    assert.equal(body.id, headers.get("Skyloom-Decision"));

    const feedback = { requestId: body.id, reward: 0.5 };
    const target = body.model_name;
    const taken = await second.call("POST", "/v1/feedback", feedback);
    assert.deepEqual(taken.body, { route: "best", target });
    for (const replica of [first, second]) {
      const again = await replica.call("POST", "/v1/feedback", feedback);
      assert.deepEqual([again.status, again.body.code], [409, "reward-already-given"]);
    }
    await second.routes.refresh();
    await first.routes.refresh();
    const { rewards } = (await first.call("GET", "/v1/routes/best")).body;
    assert.deepEqual(rewards[target], { count: 1, mean: 0.5 });
  });

  it("keeps the client's own id and takes it for the reward", async () => {
    const { call, infer } = await start();
    await call("PUT", "/v1/routes/best", { kind: "bandit", algorithm: "ucb1", targets });
    const { body, headers } = await infer("best", {}, { ...row(1, 1), id: 'my "own"' });
    assert.equal(body.id, 'my "own"');
    assert.equal(body.parameters.decision, headers.get("Skyloom-Decision"));
    const taken = await call("POST", "/v1/feedback", { requestId: 'my "own"', reward: 1 });
    assert.deepEqual([taken.status, taken.body.target], [200, body.model_name]);
    const again = await call("POST", "/v1/feedback", { requestId: body.parameters.decision, reward: 1 });
    assert.equal(again.status, 409);
  });

  it("refuses rewards that are none, and of requests that it does not know", async () => {
    const { call } = await start();
    const wrong = await call("POST", "/v1/feedback", { requestId: "", reward: 2, more: 1 });
    assert.equal(wrong.status, 400);
    assert.deepEqual(wrong.body.problems.map(({ path }: Json) => path).sort(), ["", "requestId", "reward"]);
    const unknown = await call("POST", "/v1/feedback", { requestId: "x", reward: 1 });
    assert.deepEqual([unknown.status, unknown.body.code], [404, "decision-not-found"]);
  });

  it("takes JSON of any Content-Type, and a rollback without a body", async () => {
    const { call } = await start();
    const route = { kind: "split", targets, weights: { one: 1 } };
    for (const type of ["application/x-www-form-urlencoded", "text/plain"])
      assert.equal((await call("PUT", "/v1/routes/best", route, { "Content-Type": type })).status, 200);
    assert.equal((await call("POST", "/v1/routes/best:rollback")).body.revision, 3);
  });

  it("tells all problems of a route at once", async () => {
    const { call } = await start();
    const { status, body } = await call("PUT", "/v1/routes/.x", {
      kind: "split",
      targets: {},
      weights: { a: 1 },
    });
    assert.deepEqual([status, body.code], [400, "invalid-route"]);
    assert.deepEqual(body.problems.map(({ path }: Json) => path).sort(), ["name", "targets", "weights.a"]);
  });
});
