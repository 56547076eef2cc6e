import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { ApiError } from "../../../runtime/errors.ts";
import type { Inference, InferResponse } from "../../../runtime/inference/inference.ts";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { row, scaleModel } from "../inference/models.ts";
import { useReplicas } from "./routing-fixture.ts";

describe("withRoutes", () => {
  const replicas = useReplicas();
  const targets = { one: { model: "one" }, two: { model: "two" } };

  beforeEach(async () => {
    await publishModel(replicas.engines.store, scaleModel(1, "one"));
    await publishModel(replicas.engines.store, scaleModel(2, "two"));
  });

  /** The models' engine, but one model does something else. */
  function butOne(does: (ask: () => Promise<InferResponse>) => Promise<InferResponse>): Inference {
    const models = replicas.engines.start();
    return {
      ...models,
      infer(name, ...rest) {
        const ask = () => models.infer(name, ...rest);
        return name === "one" ? does(ask) : ask();
      },
    };
  }

  const body = (text: string, headers: Record<string, string> = {}) => ({
    bytes: Buffer.from(text),
    jsonLength: undefined,
    header: (name: string) => headers[name],
  });

  it("answers with the fallback where a target fails, and counts the failure against it", async () => {
    const models = butOne(async () => {
      throw new ApiError("broken", { status: 500, code: "inference-failed" });
    });
    const { routes, inference, count } = await replicas.start({ models });
    await routes.put("best", { kind: "bandit", algorithm: "ucb1", targets, fallback: "two", floor: 0.5 });
    const answers = [];
    for (let request = 0; request < 20; request += 1)
      answers.push((await inference.infer("best", undefined, row(1, 1))).model_name);
    assert.deepEqual(new Set(answers), new Set(["two"]));
    const failures = await count("skyloom_route_failures_total", { target: "one" });
    assert.ok(failures > 0);
    assert.equal(await count("skyloom_route_decisions_total", { reason: "error", target: "two" }), failures);
    const served = routes.find("best");
    const arm = Object.keys(await stateOf());
    assert.equal(arm.length, 1);
    assert.match(arm[0] ?? "", /^one-/);
    assert.equal(served?.serving.revision, 1);

    async function stateOf(): Promise<object> {
      await routes.refresh();
      const object = await replicas.engines.store.get("routes/best/state.json");
      return JSON.parse(Buffer.from(object?.body ?? "").toString());
    }
  });

  it("tells the failure where there is no fallback, and a wrong request in any case", async () => {
    const models = butOne(async () => {
      throw new ApiError("broken", { status: 500, code: "inference-failed" });
    });
    const { routes, inference, count } = await replicas.start({ models });
    await routes.put("only", { kind: "split", targets, weights: { one: 1 } });
    await assert.rejects(inference.infer("only", undefined, row(1, 1)), { code: "inference-failed" });
    await routes.put("other", { kind: "split", targets, weights: { two: 1 }, fallback: "one" });
    await assert.rejects(inference.infer("other", undefined, { inputs: [] }), { code: "invalid-request" });
    assert.equal(await count("skyloom_route_failures_total", { route: "other" }), 0);
  });

  it("rests a slow target and answers with the fallback meanwhile", async () => {
    let time = 0;
    const models = butOne(async (ask) => {
      time += 200;
      return await ask();
    });
    const { routes, inference, count } = await replicas.start({
      models,
      clock: () => time,
      now: () => 1_700_000_000_000 + time,
    });
    const slow = { p95Seconds: 0.1, restSeconds: 5 };
    await routes.put("best", { kind: "split", targets, weights: { one: 1 }, fallback: "two", slow });
    const ask = async () => (await inference.infer("best", undefined, row(1, 1))).model_name;
    for (let request = 0; request < 20; request += 1) assert.equal(await ask(), "one");
    assert.equal(await ask(), "two");
    assert.equal(await count("skyloom_route_decisions_total", { reason: "slow", target: "two" }), 1);
    time += 5000;
    assert.equal(await ask(), "one");
  });

  it("compares a shadow's answers and never answers with them", async () => {
    const { routes, inference, count } = await replicas.start();
    await publishModel(replicas.engines.store, scaleModel(1, "same"));
    const three = { ...targets, same: { model: "same" } };
    const compared = async (shadow: string, result: string) => {
      await routes.put("shadowed", { kind: "shadow", targets: three, primary: "one", shadow });
      const text = JSON.stringify(row(1, 1));
      const { json } = await inference.inferBody("shadowed", undefined, body(text));
      assert.equal(JSON.parse(Buffer.from(json).toString()).model_name, "one");
      const counted = () =>
        count("skyloom_route_shadow_comparisons_total", { route: "shadowed", target: shadow, result });
      while ((await counted()) === 0) await setImmediate();
    };
    await compared("two", "different");
    await compared("same", "same");
  });

  it("answers although the shadow fails", async () => {
    const models = butOne(async () => {
      throw new Error("broken");
    });
    const { routes, inference, count } = await replicas.start({ models });
    await routes.put("shadowed", { kind: "shadow", targets, primary: "two", shadow: "one" });
    assert.equal((await inference.infer("shadowed", undefined, row(1, 1))).model_name, "two");
    const failed = () => count("skyloom_route_shadow_comparisons_total", { result: "failed" });
    while ((await failed()) === 0) await setImmediate();
  });

  it("drops copies where too many are under way", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const models = butOne(async (ask) => {
      await released;
      return await ask();
    });
    const { routes, inference, count } = await replicas.start({ models });
    await routes.put("shadowed", { kind: "shadow", targets, primary: "two", shadow: "one" });
    for (let request = 0; request < 18; request += 1) await inference.infer("shadowed", undefined, row(1, 1));
    assert.equal(await count("skyloom_route_shadow_comparisons_total", { result: "dropped" }), 2);
    release();
    const done = () => count("skyloom_route_shadow_comparisons_total", { result: "different" });
    while ((await done()) < 16) await setImmediate();
  });

  it("reads LinUCB's features from headers and inputs, in JSON and in binary form", async () => {
    const { routes, inference } = await replicas.start();
    const features = [{ input: "x", index: 1, scale: 10 }, { header: "X-Age" }];
    await routes.put("best", { kind: "bandit", algorithm: "linucb", targets, features });
    const headers = { "X-Age": "3" };
    const inputs = [{ name: "x", datatype: "FP32", shape: [1, 2], data: [[4, 5]] }];
    const nested = await inference.inferBody("best", undefined, body(JSON.stringify({ inputs }), headers));
    assert.deepEqual(featuresOf(nested.json), [1, 0.5, 3]);

    const parameters = { binary_data_size: 8 };
    const json = JSON.stringify({ inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], parameters }] });
    const binary = await inference.inferBody("best", undefined, {
      bytes: Buffer.concat([Buffer.from(json), new Uint8Array(Float32Array.of(4, 2.5).buffer)]),
      jsonLength: json.length,
      header: (name) => headers[name as "X-Age"],
    });
    assert.deepEqual(featuresOf(binary.json), [1, 0.25, 3]);

    await assert.rejects(
      inference.inferBody("best", undefined, body('{"inputs": []}')),
      ({ code, problems }: ApiError) => {
        assert.equal(code, "invalid-request");
        assert.deepEqual(
          problems.map(({ path }) => path),
          ["inputs.x[1]", "header X-Age"],
        );
        return true;
      },
    );

    function featuresOf(answer: Uint8Array): unknown {
      const [payload = ""] = JSON.parse(Buffer.from(answer).toString()).id.split(".");
      return JSON.parse(Buffer.from(payload, "base64url").toString())[3];
    }
  });

  it("keeps a request whole for the fallback and the shadow, whatever the first target does with it", async () => {
    const engine = replicas.engines.start();
    const models: Inference = {
      ...engine,
      async inferBody(name, version, request, signal) {
        if (name !== "one") return await engine.inferBody(name, version, request, signal);
        request.bytes.fill(0);
        throw new ApiError("broken", { status: 500, code: "inference-failed" });
      },
    };
    const { routes, inference, count } = await replicas.start({ models });
    const shadowed = { kind: "shadow", targets, primary: "one", shadow: "two", fallback: "two" };
    await routes.put("shadowed", shadowed);
    const { json } = await inference.inferBody("shadowed", undefined, body(JSON.stringify(row(1, 1))));
    assert.equal(JSON.parse(Buffer.from(json).toString()).model_name, "two");
    const same = () => count("skyloom_route_shadow_comparisons_total", { result: "same" });
    while ((await same()) === 0) await setImmediate();
  });
});
