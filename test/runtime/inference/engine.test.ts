import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Registry } from "prom-client";
import { ApiError } from "../../../runtime/errors.ts";
import { createInference, type InferenceOptions } from "../../../runtime/inference/engine.ts";
import type { Datatype, Inference } from "../../../runtime/inference/inference.ts";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { hashedFeatures } from "../../../runtime/inference/preprocessing/hashed-features.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import {
  classifierModel,
  externalDataModel,
  identityModel,
  row,
  scaleModel,
  temporaryStore,
  tensor,
  textModel,
  tileModel,
} from "./models.ts";

async function thrownBy(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => assert.fail("nothing was thrown"),
    (thrown) => thrown,
  );
  assert.ok(error instanceof ApiError, String(error));
  return error;
}

describe("inference engine", () => {
  let store: ObjectStore;
  let folder: string;
  let remove: () => Promise<void>;
  const started: Inference[] = [];
  beforeEach(async () => {
    ({ store, folder, remove } = await temporaryStore());
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((inference) => inference.close()));
    await remove();
  });

  /** Its own look at the pointers is off: tests ask by ready(). */
  function start(options: Partial<InferenceOptions> = {}): Inference {
    const inference = createInference({ store, workers: 1, pointerCheckSeconds: 3600, ...options });
    started.push(inference);
    return inference;
  }

  async function answerOf(inference: Inference, name: string, version?: string): Promise<unknown> {
    const { outputs } = await inference.infer(name, version, row(1, 1));
    return outputs[0]?.data[0];
  }

  /** Requests for a loaded model go to the pool without a turn of the event loop, so no answer can come meanwhile. */
  const reachedPool = () => new Promise<void>((resolve) => process.nextTick(resolve));

  async function breakFile(path: string, change: (content: Buffer) => Uint8Array): Promise<void> {
    await writeFile(join(folder, path), change(await readFile(join(folder, path))));
  }

  describe("tensors", () => {
    const cases: Record<Datatype, unknown[]> = {
      BOOL: [true, false],
      UINT8: [0, 255],
      UINT16: [0, 65_535],
      UINT32: [0, 4_294_967_295],
      UINT64: [1, "18446744073709551615"],
      INT8: [-128, 127],
      INT16: [-32_768, 32_767],
      INT32: [-2_147_483_648, 2_147_483_647],
      INT64: [-9007199254740991, "-9223372036854775808"],
      FP16: [-1.5, 65_504],
      FP32: [0.5, -3.25],
      FP64: [0.1, 1e300],
      BYTES: ["", "äöü 😀 \n"],
    };
    for (const [datatype, data] of Object.entries(cases) as [Datatype, unknown[]][])
      it(`carries ${datatype} through a session unchanged`, async () => {
        await publishModel(store, identityModel(datatype));
        const request = { id: "r-1", inputs: [tensor("x", datatype, [2, 2], [data, [...data].reverse()])] };
        assert.deepEqual(await start().infer(`identity-${datatype}`, undefined, request), {
          id: "r-1",
          model_name: `identity-${datatype}`,
          model_version: "1",
          outputs: [tensor("y", datatype, [2, 2], [...data, ...[...data].reverse()])],
        });
      });

    it("computes a product, gives each row its best label, and only the outputs asked for", async () => {
      await publishModel(store, classifierModel());
      const inference = start();
      const x = tensor(
        "x",
        "FP32",
        [3, 2],
        [
          [2, 1],
          [1, 2],
          [-1, -1],
        ],
      );
      const all = await inference.infer("classifier", undefined, { inputs: [x] });
      assert.deepEqual(all.outputs, [
        {
          ...tensor("scores", "FP32", [3, 3], [2, 1, -3, 1, 2, -3, -1, -1, 2]),
          parameters: { labels: ["first", "second", "neither"] },
        },
        tensor("sum", "FP32", [3, 1], [3, 3, -2]),
      ]);
      const one = await inference.infer("classifier", "1", { inputs: [x], outputs: [{ name: "sum" }] });
      assert.deepEqual(one.outputs, [tensor("sum", "FP32", [3, 1], [3, 3, -2])]);
    });

    it("gives a graph the data that it keeps in other files", async () => {
      await publishModel(store, externalDataModel());
      const { outputs } = await start().infer("external", undefined, row(1, 10));
      assert.deepEqual(outputs[0]?.data, [4, 50]);
    });

    it("turns texts into features in the worker", async () => {
      const model = textModel();
      await publishModel(store, model);
      const texts = ["disk is full", "", "Pool timeout 31"];
      const { outputs } = await start().infer("texts", undefined, {
        inputs: [tensor("text", "BYTES", [3], texts)],
      });
      const [step] = model.preprocessing ?? [];
      assert.ok(step);
      assert.deepEqual(outputs[0]?.shape, [3, 8]);
      assert.deepEqual(
        outputs[0]?.data,
        texts.flatMap((text) => [...hashedFeatures(text, step)]),
      );
    });

    it("tells NaN and infinity as text and gives such a row no label", async () => {
      const inference = start();
      await publishModel(store, classifierModel());
      const x = tensor("x", "FP32", [1, 2], [3e38, 3e38]);
      const { outputs } = await inference.infer("classifier", undefined, { inputs: [x] });
      assert.deepEqual(outputs[0]?.data, [Math.fround(3e38), Math.fround(3e38), "-Infinity"]);
      assert.deepEqual(outputs[1]?.data, ["Infinity"]);
      await publishModel(store, scaleModel(Number.POSITIVE_INFINITY));
      const nan = await inference.infer("scale", undefined, row(0, 1));
      assert.deepEqual(nan.outputs[0]?.data, ["NaN", "Infinity"]);
      await publishModel(store, { ...scaleModel(Number.POSITIVE_INFINITY), labels: { y: ["a", "b"] } });
      await inference.ready("scale");
      const labelled = await inference.infer("scale", undefined, {
        inputs: [tensor("x", "FP32", [2, 2], [0, 1, 2, -1])],
      });
      assert.deepEqual(labelled.outputs[0]?.parameters, { labels: [null, "a"] });
    });
  });

  describe("models and versions", () => {
    it("tells metadata and states", async () => {
      await publishModel(store, scaleModel(1));
      await publishModel(store, scaleModel(2));
      await publishModel(store, classifierModel());
      const inference = start();
      assert.deepEqual(await inference.metadata("scale", "1"), {
        name: "scale",
        versions: ["1", "2"],
        platform: "onnxruntime_onnx",
        inputs: [{ name: "x", datatype: "FP32", shape: [-1, 2] }],
        outputs: [{ name: "y", datatype: "FP32", shape: [-1, 2] }],
      });
      assert.deepEqual(await inference.models(), [
        { name: "classifier", version: "1", state: "READY", reason: "", problems: [] },
        { name: "scale", version: "2", state: "READY", reason: "", problems: [] },
      ]);
    });

    it("answers 404 for what is not there", async () => {
      await publishModel(store, scaleModel(1));
      const inference = start();
      for (const call of ["metadata", "ready", "infer"] as const) {
        const ask = (name: string, version?: string) =>
          thrownBy(
            call === "infer" ? inference.infer(name, version, row(1, 1)) : inference[call](name, version),
          );
        for (const name of ["other", "..", "", "a/b", "__proto__"]) {
          const error = await ask(name);
          assert.deepEqual([error.status, error.code], [404, "model-not-found"], `${call} ${name}`);
        }
        for (const version of ["2", "0", "-1", "1.0", "latest", "", "99999999999999999999"]) {
          const error = await ask("scale", version);
          assert.deepEqual(
            [error.status, error.code],
            [404, "model-version-not-found"],
            `${call} ${version}`,
          );
        }
      }
      assert.equal((await thrownBy(inference.infer("other", "1", row(1, 1)))).code, "model-not-found");
      await publishModel(store, scaleModel(5, "other"));
      assert.equal(await answerOf(inference, "other"), 5);
    });

    it("serves a new current version once it is loaded, an older one on request, and a rollback", async () => {
      await publishModel(store, scaleModel(1));
      const inference = start();
      assert.equal(await answerOf(inference, "scale"), 1);
      await publishModel(store, scaleModel(2));
      await inference.ready("scale");
      assert.equal(await answerOf(inference, "scale"), 2);
      assert.equal(await answerOf(inference, "scale", "1"), 1);
      assert.equal(await answerOf(inference, "scale", "2"), 2);
      await store.put("models/scale/current.json", '{"version": 1, "aliases": {}}');
      await inference.ready("scale");
      assert.equal(await answerOf(inference, "scale"), 1);
    });

    it("notices a new version by itself", async () => {
      await publishModel(store, scaleModel(1));
      const inference = start({ pointerCheckSeconds: 0.02 });
      assert.equal(await answerOf(inference, "scale"), 1);
      await publishModel(store, scaleModel(2));
      let answer: unknown;
      do answer = await answerOf(inference, "scale");
      while (answer === 1);
      assert.equal(answer, 2);
    });

    it("forgets a model that was deleted, and serves what takes its place under the same number", async () => {
      await publishModel(store, scaleModel(1));
      const inference = start();
      assert.equal(await answerOf(inference, "scale", "1"), 1);
      assert.equal(await answerOf(inference, "scale"), 1);
      for (const { key } of (await store.list()).objects) await store.delete(key);
      assert.equal((await thrownBy(inference.ready("scale"))).code, "model-not-found");
      assert.equal((await thrownBy(inference.infer("scale", undefined, row(1, 1)))).code, "model-not-found");
      await publishModel(store, scaleModel(3));
      await inference.ready("scale");
      assert.equal(await answerOf(inference, "scale"), 3);
      assert.equal(await answerOf(inference, "scale", "1"), 3);
    });

    it("notices that the repository was filled anew, also for a version asked for by number", async () => {
      await publishModel(store, scaleModel(1));
      await publishModel(store, scaleModel(2));
      const inference = start();
      assert.equal(await answerOf(inference, "scale"), 2);
      assert.equal(await answerOf(inference, "scale", "1"), 1);
      for (const { key } of (await store.list()).objects) await store.delete(key);
      for (const factor of [7, 8, 9]) await publishModel(store, scaleModel(factor));
      await inference.ready("scale");
      assert.equal(await answerOf(inference, "scale", "1"), 7);
      assert.equal(await answerOf(inference, "scale"), 9);
    });

    it("swaps versions under load without a failed or a wrong answer", async () => {
      await publishModel(store, scaleModel(1));
      const inference = start({ workers: 2, pointerCheckSeconds: 0.01 });
      let isPublishing = true;
      const seen = new Set<string>();
      const client = async () => {
        while (isPublishing || !seen.has("6")) {
          const { model_version, outputs } = await inference.infer("scale", undefined, row(1, 2));
          assert.deepEqual(outputs[0]?.data, [Number(model_version), 2 * Number(model_version)]);
          seen.add(model_version);
        }
      };
      const clients = Array.from({ length: 8 }, client);
      for (let factor = 2; factor <= 6; factor += 1) {
        await publishModel(store, scaleModel(factor));
        await inference.ready("scale");
        assert.equal(await answerOf(inference, "scale"), factor);
      }
      isPublishing = false;
      await Promise.all(clients);
      assert.ok(seen.has("1") && seen.has("6"));
    });

    it("serves more versions than it holds at a time", async () => {
      const inference = start();
      const count = 40;
      for (let factor = 1; factor <= count; factor += 1) await publishModel(store, scaleModel(factor));
      for (let version = 1; version <= count; version += 1)
        assert.equal(await answerOf(inference, "scale", String(version)), version);
      assert.equal(await answerOf(inference, "scale"), count);
      assert.equal(await answerOf(inference, "scale", "1"), 1);
    });
  });

  describe("models that do not load", () => {
    it("names the file that is corrupt, and serves the other models", async () => {
      await publishModel(store, scaleModel(1));
      await publishModel(store, classifierModel());
      await breakFile("models/scale/1/model.onnx", (content) => content.fill(0, 10, 20));
      const inference = start();
      const error = await thrownBy(inference.infer("scale", undefined, row(1, 1)));
      assert.deepEqual([error.status, error.code], [503, "model-unavailable"]);
      assert.match(error.message, /models\/scale\/1\/model\.onnx does not have the SHA-256/);
      assert.equal(error.problems[0]?.path, "models/scale/1/model.onnx");
      assert.equal((await thrownBy(inference.ready("scale", "1"))).code, "model-unavailable");
      await inference.ready("classifier");
      const states = (await inference.models()).map(({ name, version, state }) => [name, version, state]);
      assert.deepEqual(states, [
        ["classifier", "1", "READY"],
        ["scale", "1", "UNAVAILABLE"],
      ]);
    });

    it("tells the loader's message of a file that is no ONNX graph", async () => {
      await publishModel(store, {
        ...scaleModel(1),
        files: { "model.onnx": Buffer.from("no graph at all") },
      });
      await publishModel(store, scaleModel(4, "other"));
      const inference = start();
      const error = await thrownBy(inference.infer("scale", undefined, row(1, 1)));
      assert.deepEqual([error.status, error.code], [503, "model-unavailable"]);
      assert.match(error.message, /protobuf parsing failed/);
      assert.equal(await answerOf(inference, "other"), 4);
    });

    it("compares the graph with the manifest and tells every difference", async () => {
      await publishModel(store, {
        ...scaleModel(1),
        inputs: [
          { name: "x", datatype: "INT64", shape: [-1] },
          { name: "extra", datatype: "FP32", shape: [1] },
        ],
        outputs: [{ name: "z", datatype: "FP32", shape: [-1, 2] }],
      });
      const error = await thrownBy(start().ready("scale"));
      assert.equal(error.code, "model-unavailable");
      assert.deepEqual(
        error.problems.map(({ path }) => path),
        ["inputs.x", "inputs.x", "inputs.extra", "outputs.y", "outputs.z"],
      );
    });

    it("refuses a manifest that promises larger inputs than the graph takes", async () => {
      await publishModel(store, {
        ...scaleModel(1),
        inputs: [{ name: "x", datatype: "FP32", shape: [-1, -1] }],
      });
      const error = await thrownBy(start().ready("scale"));
      assert.match(error.message, /\[batch, 2\] in the graph, \[-1, -1\] in the manifest/);
    });

    it("keeps the old version when the new one does not load, and tells so", async () => {
      await publishModel(store, scaleModel(1));
      const inference = start();
      assert.equal(await answerOf(inference, "scale"), 1);
      await publishModel(store, { ...scaleModel(2), files: { "model.onnx": Buffer.from("broken") } });
      await inference.ready("scale");
      assert.equal(await answerOf(inference, "scale"), 1);
      const states = await inference.models();
      assert.deepEqual(
        states.map(({ version, state }) => [version, state]),
        [
          ["1", "READY"],
          ["2", "UNAVAILABLE"],
        ],
      );
      assert.match(states[1]?.reason ?? "", /does not load/);
    });

    it("tries a broken version again after a while, and takes a repaired one", async () => {
      let milliseconds = 0;
      await publishModel(store, scaleModel(1));
      const original = await readFile(join(folder, "models/scale/1/model.onnx"));
      await breakFile("models/scale/1/model.onnx", () => Uint8Array.of(1));
      const inference = start({ now: () => milliseconds });
      assert.equal((await thrownBy(inference.ready("scale"))).code, "model-unavailable");
      assert.equal((await thrownBy(inference.ready("scale", "1"))).code, "model-unavailable");
      await breakFile("models/scale/1/model.onnx", () => original);
      milliseconds = 4999;
      assert.equal((await thrownBy(inference.ready("scale"))).code, "model-unavailable");
      milliseconds = 5000;
      assert.equal(await answerOf(inference, "scale"), 1);
      assert.equal(await answerOf(inference, "scale", "1"), 1);
    });

    it("answers 503 for a pointer or manifest that was changed by hand", async () => {
      await publishModel(store, scaleModel(1));
      await store.put("models/scale/current.json", "{}");
      const inference = start();
      for (const call of [inference.ready, inference.metadata])
        assert.equal((await thrownBy(call("scale"))).code, "model-unavailable");
      await store.put("models/scale/current.json", '{"version": 7}');
      assert.equal((await thrownBy(inference.ready("scale"))).code, "model-version-not-found");
    });

    it("goes on serving while the bucket cannot be read", async () => {
      await publishModel(store, scaleModel(1));
      let isBroken = false;
      const flaky: ObjectStore = {
        ...store,
        get: (key) => (isBroken ? Promise.reject(new Error("the disk is gone")) : store.get(key)),
      };
      const inference = start({ store: flaky, pointerCheckSeconds: 0.005 });
      assert.equal(await answerOf(inference, "scale"), 1);
      isBroken = true;
      await inference.ready("scale");
      for (let count = 0; count < 100; count += 1) assert.equal(await answerOf(inference, "scale"), 1);
      assert.match(
        (await thrownBy(inference.infer("other", undefined, row(1, 1)))).message,
        /the disk is gone/,
      );
    });
  });

  describe("workers", () => {
    const workerEntry = new URL("./crashing-worker.ts", import.meta.url);

    for (const [poison, reason] of [
      [666, /exit status 7/],
      [667, /out of luck/],
    ] as const)
      it(`answers 503 for the request whose worker died (${reason.source}) and goes on with a new one`, async () => {
        await publishModel(store, scaleModel(2));
        const registry = new Registry();
        const inference = start({ workerEntry, registry });
        assert.equal(await answerOf(inference, "scale"), 2);
        const fatal = thrownBy(inference.infer("scale", undefined, row(poison, 0)));
        const waiting = Array.from({ length: 20 }, () => answerOf(inference, "scale"));
        const error = await fatal;
        assert.deepEqual([error.status, error.code, error.isRetryable], [503, "worker-crashed", true]);
        assert.match(error.message, reason);
        assert.deepEqual(await Promise.all(waiting), new Array(20).fill(2));
        assert.match(await registry.metrics(), /skyloom_inference_worker_crashes_total 1/);
      });

    it("keeps other models alive when a model kills each worker that loads it", async () => {
      await publishModel(store, scaleModel(2));
      await publishModel(store, scaleModel(3, "poison"));
      const inference = start({ workerEntry, workers: 2 });
      assert.equal(await answerOf(inference, "scale"), 2);
      const error = await thrownBy(inference.infer("poison", undefined, row(1, 1)));
      assert.equal(error.code, "model-unavailable");
      assert.match(error.message, /exit status 8/);
      assert.equal(await answerOf(inference, "scale"), 2);
    });

    it("tells what the model's run failed at, and outputs too large to send", async () => {
      await publishModel(store, tileModel());
      const inference = start();
      const repeat = (times: unknown) =>
        inference.infer("tile", undefined, {
          inputs: [tensor("x", "FP32", [1], [1]), tensor("times", "INT64", [1], [times])],
        });
      assert.deepEqual((await repeat(3)).outputs[0]?.data, [1, 1, 1]);
      const failed = await thrownBy(repeat("1000000000000"));
      assert.deepEqual([failed.status, failed.code], [500, "inference-failed"]);
      assert.match(failed.message, /Tile/);
      assert.equal((await thrownBy(repeat(8 * 1024 * 1024 + 1))).code, "output-too-large");
      assert.deepEqual((await repeat(1)).outputs[0]?.data, [1]);
    });

    it("spreads requests over all workers and gives each caller its own answer", async () => {
      await publishModel(store, scaleModel(3));
      const inference = start({ workers: 3 });
      const answers = await Promise.all(
        Array.from({ length: 300 }, async (_, index) => {
          const { outputs } = await inference.infer("scale", undefined, row(index, -index));
          return outputs[0]?.data;
        }),
      );
      answers.forEach((data, index) => {
        assert.deepEqual(data, [3 * index, index === 0 ? -0 : -3 * index]);
      });
    });

    it("rejects at once when the caller goes away, waiting or under way, and serves the others", async () => {
      await publishModel(store, scaleModel(2));
      const inference = start();
      await inference.ready("scale");
      const gone = new AbortController();
      const requests = Array.from({ length: 10 }, () =>
        thrownBy(inference.infer("scale", undefined, row(1, 1), gone.signal)),
      );
      const other = answerOf(inference, "scale");
      await reachedPool();
      gone.abort();
      for (const error of await Promise.all(requests))
        assert.deepEqual([error.status, error.code], [499, "request-aborted"]);
      assert.equal(await other, 2);
      const error = await thrownBy(inference.infer("scale", undefined, row(1, 1), AbortSignal.abort()));
      assert.equal(error.code, "request-aborted");
    });

    it("turns requests away when too many wait, at once and not for long", async () => {
      await publishModel(store, scaleModel(2));
      const inference = start();
      await inference.ready("scale");
      const results = await Promise.allSettled(
        Array.from({ length: 1100 }, () => answerOf(inference, "scale")),
      );
      const refused = results.filter((result) => result.status === "rejected");
      assert.ok(refused.length >= 50 && refused.length < 110, String(refused.length));
      for (const { reason } of refused) assert.deepEqual([reason.status, reason.code], [503, "overloaded"]);
      assert.equal(await answerOf(inference, "scale"), 2);
    });

    it("finishes what it has taken when it is closed, then takes nothing", async () => {
      await publishModel(store, scaleModel(2));
      const inference = start();
      await inference.ready("scale");
      const taken = Array.from({ length: 20 }, () => answerOf(inference, "scale"));
      await reachedPool();
      await Promise.all([inference.close(), inference.close()]);
      assert.deepEqual(await Promise.all(taken), new Array(20).fill(2));
      assert.equal((await thrownBy(inference.infer("scale", undefined, row(1, 1)))).code, "shutting-down");
    });
  });

  it("measures requests, failures by code, and the stages, per model and version", async () => {
    await publishModel(store, scaleModel(1));
    const registry = new Registry();
    const inference = start({ registry });
    await answerOf(inference, "scale");
    await thrownBy(inference.infer("scale", undefined, { inputs: [] }));
    await thrownBy(inference.infer("made-up", undefined, row(1, 1)));
    const text = await registry.metrics();
    assert.match(text, /skyloom_inference_requests_total\{model="scale",version="1"\} 2/);
    assert.match(
      text,
      /skyloom_inference_failures_total\{model="scale",version="1",code="invalid-request"\} 1/,
    );
    assert.match(text, /skyloom_inference_failures_total\{model="",version="",code="model-not-found"\} 1/);
    for (const stage of ["parse", "queue", "compute", "serialise"])
      assert.match(
        text,
        new RegExp(`_stage_duration_seconds_count\\{model="scale",version="1",stage="${stage}"\\} 1`),
      );
  });
});
