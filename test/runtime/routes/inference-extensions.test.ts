import assert from "node:assert/strict";
import { type IncomingHttpHeaders, request } from "node:http";
import { deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import { createInference } from "../../../runtime/inference/engine.ts";
import type { Inference } from "../../../runtime/inference/inference.ts";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import type { RunningServer } from "../../../runtime/server.ts";
import { classifierModel, identityModel, row, scaleModel, temporaryStore } from "../inference/models.ts";
import { serveInference } from "./serve-inference.ts";

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Of a binary answer the part before the tensors. */
  json: Record<string, unknown> & { code?: string; outputs?: Record<string, unknown>[] };
  /** What follows the JSON. */
  binary: Buffer;
}

describe("inference routes: extensions", () => {
  let store: ObjectStore;
  let remove: () => Promise<void>;
  let inference: Inference;
  let server: RunningServer;

  beforeEach(async () => {
    ({ store, remove } = await temporaryStore());
    await publishModel(store, scaleModel(2));
    await publishModel(store, classifierModel());
    await publishModel(store, identityModel("BYTES", "texts"));
  });
  afterEach(async () => {
    await server.stop(0);
    await inference.close();
    await remove();
  });

  async function start(options: Partial<Parameters<typeof createInference>[0]> = {}): Promise<void> {
    inference = createInference({ store, workers: 1, pointerCheckSeconds: 3600, ...options });
    server = await serveInference(inference);
  }

  /** By node:http, which neither decompresses answers nor adds headers. */
  function ask(
    method: string,
    path: string,
    body?: Uint8Array,
    headers: Record<string, string | number> = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: server.port, method, path, headers };
      const call = request(options, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve(readAnswer(response.statusCode ?? 0, response.headers, Buffer.concat(chunks)));
      });
      call.once("error", reject);
      call.end(body);
    });
  }

  function readAnswer(status: number, headers: IncomingHttpHeaders, raw: Buffer): Answer {
    const decompress = { gzip: gunzipSync, deflate: inflateSync }[headers["content-encoding"] ?? ""];
    const body = decompress === undefined ? raw : decompress(raw);
    const length = Number(headers["inference-header-content-length"] ?? body.length);
    const text = body.subarray(0, length).toString();
    return {
      status,
      headers,
      body,
      json: text === "" ? {} : JSON.parse(text),
      binary: body.subarray(length),
    };
  }

  function binaryRequest(json: object, ...tensors: Uint8Array[]) {
    const head = Buffer.from(JSON.stringify(json));
    return {
      body: Buffer.concat([head, ...tensors]),
      headers: { "Inference-Header-Content-Length": head.length },
    };
  }

  const bytesOf = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);
  const binaryRow = (extra: object = {}) =>
    binaryRequest(
      {
        id: "b",
        inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], parameters: { binary_data_size: 8 } }],
        ...extra,
      },
      bytesOf(1, 2),
    );
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));

  it("takes binary tensors and answers with them where they are wanted", async () => {
    await start();
    const plain = binaryRow();
    const inJson = await ask("POST", "/v2/models/scale/infer", plain.body, plain.headers);
    assert.deepEqual(inJson.json.outputs, [{ name: "y", datatype: "FP32", shape: [1, 2], data: [2, 4] }]);
    assert.match(inJson.headers["content-type"] ?? "", /^application\/json/);
    for (const extra of [
      { parameters: { binary_data_output: true } },
      { outputs: [{ name: "y", parameters: { binary_data: true } }] },
    ]) {
      const { body, headers } = binaryRow(extra);
      const answer = await ask("POST", "/v2/models/scale/infer", body, headers);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers["content-type"], "application/octet-stream");
      assert.equal(Number(answer.headers["content-length"]), answer.body.length);
      assert.deepEqual(answer.json, {
        id: "b",
        model_name: "scale",
        model_version: "1",
        outputs: [{ name: "y", datatype: "FP32", shape: [1, 2], parameters: { binary_data_size: 8 } }],
      });
      assert.deepEqual(answer.binary, bytesOf(2, 4));
    }
  });

  it("mixes forms: one output binary, one as JSON, in the order of the request", async () => {
    await start();
    const { body, headers } = binaryRow({
      outputs: [
        { name: "sum", parameters: { binary_data: true } },
        { name: "scores", parameters: { classification: 2 } },
      ],
    });
    const answer = await ask("POST", "/v2/models/classifier/infer", body, headers);
    assert.deepEqual(answer.json.outputs, [
      { name: "sum", datatype: "FP32", shape: [1, 1], parameters: { binary_data_size: 4 } },
      { name: "scores", datatype: "BYTES", shape: [1, 2], data: ["2:1:second", "1:0:first"] },
    ]);
    assert.deepEqual(answer.binary, bytesOf(3));
  });

  it("takes a body without JSON as the only input", async () => {
    await start();
    const headers = { "Inference-Header-Content-Length": 0 };
    const answer = await ask("POST", "/v2/models/scale/infer", bytesOf(1, 2, 3, 4), headers);
    assert.deepEqual(answer.json.outputs?.[0]?.shape, [2, 2]);
    assert.deepEqual(answer.binary, bytesOf(2, 4, 6, 8));
    const empty = await ask("POST", "/v2/models/scale/infer", undefined, headers);
    assert.deepEqual([empty.status, empty.json.code], [400, "invalid-request"]);
  });

  it("refuses a header that lies about the JSON's length, or is no number", async () => {
    await start();
    const { body } = binaryRow();
    for (const length of ["-1", "1e3", "12 34", "99999", "9".repeat(30), "x"]) {
      const answer = await ask("POST", "/v2/models/scale/infer", body, {
        "Inference-Header-Content-Length": length,
      });
      assert.deepEqual([answer.status, answer.json.code], [400, "invalid-header"], length);
    }
    const cut = await ask("POST", "/v2/models/scale/infer", body, { "Inference-Header-Content-Length": 20 });
    assert.deepEqual([cut.status, cut.json.code], [400, "invalid-json"]);
  });

  it("reads and writes gzip and deflate, counting the JSON decompressed", async () => {
    await start();
    const rows = 1000;
    const values = Array.from({ length: 2 * rows }, (_, index) => index);
    const { body, headers } = binaryRequest(
      {
        inputs: [
          { name: "x", datatype: "FP32", shape: [rows, 2], parameters: { binary_data_size: 8 * rows } },
        ],
        parameters: { binary_data_output: true },
      },
      bytesOf(...values),
    );
    for (const [encoding, compress] of [
      ["gzip", gzipSync],
      ["deflate", deflateSync],
    ] as const) {
      const answer = await ask("POST", "/v2/models/scale/infer", compress(body), {
        ...headers,
        "Content-Encoding": encoding,
        "Accept-Encoding": encoding,
      });
      assert.equal(answer.headers["content-encoding"], encoding);
      assert.deepEqual(answer.binary, bytesOf(...values.map((value) => 2 * value)));
    }
    for (const accepted of ["identity", "br", "gzip;q=0, identity"]) {
      const answer = await ask("POST", "/v2/models/scale/infer", body, {
        ...headers,
        "Accept-Encoding": accepted,
      });
      assert.equal(answer.headers["content-encoding"], undefined, accepted);
    }
    const small = binaryRow();
    const uncompressed = await ask("POST", "/v2/models/scale/infer", small.body, {
      ...small.headers,
      "Accept-Encoding": "gzip",
    });
    assert.equal(uncompressed.headers["content-encoding"], undefined);
  });

  it("refuses broken compression and encodings that it does not know", async () => {
    await start();
    const send = (body: Uint8Array, encoding: string) =>
      ask("POST", "/v2/models/scale/infer", body, { "Content-Encoding": encoding });
    const whole = gzipSync(json(row(1, 1)));
    assert.equal((await send(whole.subarray(0, whole.length - 9), "gzip")).status, 400);
    assert.equal((await send(json(row(1, 1)), "gzip")).status, 400);
    assert.equal((await send(json(row(1, 1)), "deflate")).status, 400);
    assert.equal((await send(json(row(1, 1)), "compress")).status, 415);
  });

  it("carries whole numbers beyond 2^53 exactly, written as numbers or as text", async () => {
    await start();
    await publishModel(store, identityModel("UINT64", "whole"));
    const body = Buffer.from(
      '{"inputs":[{"name":"x","datatype":"UINT64","shape":[1,2],"data":[18446744073709551615,"9007199254740993"]}]}',
    );
    const { json: answer } = await ask("POST", "/v2/models/whole/infer", body);
    assert.deepEqual(answer.outputs?.[0]?.data, ["18446744073709551615", "9007199254740993"]);
  });

  it("tells the configuration of a model and of a version", async () => {
    await start();
    for (const path of ["/v2/models/texts/config", "/v2/models/texts/versions/1/config"])
      assert.deepEqual((await ask("GET", path)).json, {
        name: "texts",
        platform: "onnxruntime_onnx",
        backend: "onnxruntime",
        max_batch_size: 0,
        version_policy: { all: {} },
        response_cache: { enable: false },
        default_model_filename: "model.onnx",
        input: [{ name: "x", data_type: "TYPE_STRING", dims: [-1, 2] }],
        output: [{ name: "y", data_type: "TYPE_STRING", dims: [-1, 2] }],
        instance_group: [{ name: "texts_0", kind: "KIND_CPU", count: 1 }],
      });
    assert.equal((await ask("GET", "/v2/models/none/config")).status, 404);
    assert.equal((await ask("GET", "/v2/models/texts/versions/2/config")).status, 404);
  });

  it("counts inferences, runs and failures of each version", async () => {
    await start();
    await ask("POST", "/v2/models/scale/infer", json(row(1, 1)));
    await ask("POST", "/v2/models/scale/infer", json({ inputs: [] }));
    type Stats = {
      model_stats: {
        name: string;
        inference_count: number;
        inference_stats: Record<string, { count: number; ns: number }>;
      }[];
    };
    const read = async (path: string) => ((await ask("GET", path)).json as unknown as Stats).model_stats;
    const [stats] = await read("/v2/models/scale/stats");
    assert.equal(stats?.inference_count, 1);
    assert.equal(stats?.inference_stats.success?.count, 1);
    assert.equal(stats?.inference_stats.fail?.count, 1);
    assert.ok((stats?.inference_stats.compute_infer?.ns ?? 0) > 0);
    assert.deepEqual(
      (await read("/v2/models/stats")).map(({ name }) => name),
      ["scale"],
    );
    assert.equal((await read("/v2/models/texts/versions/1/stats"))[0]?.inference_count, 0);
    assert.equal((await ask("GET", "/v2/models/none/stats")).status, 404);
    assert.equal((await ask("GET", "/v2/models/scale/versions/7/stats")).status, 404);
  });

  describe("model repository", () => {
    const index = async (body?: Uint8Array) =>
      (
        (await ask("POST", "/v2/repository/index", body)).json as unknown as { name: string; state: string }[]
      ).map(({ name, state }) => `${name} ${state}`);
    const load = (name: string, body?: object) =>
      ask("POST", `/v2/repository/models/${name}/load`, body === undefined ? undefined : json(body));
    const unload = (name: string) => ask("POST", `/v2/repository/models/${name}/unload`);
    const infer = (name: string) => ask("POST", `/v2/models/${name}/infer`, json(row(1, 1)));

    it("serves in explicit mode only what was loaded", async () => {
      await start({ control: "explicit" });
      assert.deepEqual(await index(), ["classifier UNAVAILABLE", "scale UNAVAILABLE", "texts UNAVAILABLE"]);
      for (const answer of [await infer("scale"), await ask("GET", "/v2/models/scale/ready")])
        assert.deepEqual([answer.status, answer.json.code], [503, "model-not-loaded"]);
      assert.equal((await infer("none")).status, 404);
      assert.equal((await load("scale")).status, 200);
      assert.equal((await infer("scale")).status, 200);
      assert.deepEqual(await index(json({ ready: true })), ["scale READY"]);
      assert.equal((await unload("scale")).status, 200);
      assert.equal((await infer("scale")).json.code, "model-not-loaded");
      assert.equal((await ask("POST", "/v2/models/scale/versions/1/infer", json(row(1, 1)))).status, 503);
      await ask("GET", "/v2/models");
      assert.deepEqual(await index(json({ ready: true })), []);
    });

    it("unloads an ensemble's models with it only where it is told to", async () => {
      const { model: _model, ...description } = scaleModel(1, "ensemble");
      const steps = [{ model: "scale", inputs: { x: "x" }, outputs: { y: "y" } }];
      await publishModel(store, { ...description, files: {}, steps });
      await start({ control: "explicit" });
      assert.equal((await load("ensemble")).status, 200);
      assert.equal((await infer("ensemble")).status, 200);
      assert.deepEqual(await index(json({ ready: true })), ["ensemble READY", "scale READY"]);
      const unloadWith = (value: unknown) =>
        ask(
          "POST",
          "/v2/repository/models/ensemble/unload",
          json({ parameters: { unload_dependents: value } }),
        );
      assert.equal((await unloadWith("yes")).status, 400);
      assert.equal((await unloadWith(false)).status, 200);
      assert.deepEqual(await index(json({ ready: true })), ["scale READY"]);
      assert.equal((await unloadWith(true)).status, 200);
      assert.deepEqual(await index(json({ ready: true })), []);
    });

    it("loads in automatic mode what is wanted, and not again once it was unloaded, until it is told to", async () => {
      await start();
      assert.deepEqual(await index(json({ ready: true })), []);
      assert.equal((await infer("scale")).status, 200);
      assert.deepEqual(await index(json({ ready: true })), ["scale READY"]);
      assert.equal((await unload("scale")).status, 200);
      assert.equal((await infer("scale")).json.code, "model-not-loaded");
      await ask("GET", "/v2/models");
      assert.deepEqual(await index(json({ ready: true })), ["classifier READY", "texts READY"]);
      assert.equal((await load("scale")).status, 200);
      assert.equal((await infer("scale")).status, 200);
    });

    it("loads the version that the repository has now", async () => {
      await start();
      await infer("scale");
      await publishModel(store, scaleModel(7));
      assert.equal((await load("scale", { parameters: {} })).status, 200);
      assert.deepEqual((await infer("scale")).json.outputs?.[0]?.data, [7, 7]);
    });

    it("tells what it cannot do", async () => {
      await start();
      assert.equal((await load("none")).status, 404);
      assert.equal((await unload("none")).status, 404);
      for (const parameters of [{ config: "{}" }, { "file:1/model.onnx": "AAAA" }]) {
        const answer = await load("scale", { parameters });
        assert.deepEqual([answer.status, answer.json.code], [501, "unsupported-parameter"]);
      }
      for (const body of [[], { parameters: 5 }]) assert.equal((await load("scale", body)).status, 400);
      const answer = await ask("POST", "/v2/repository/index", json({ ready: "yes" }));
      assert.deepEqual([answer.status, answer.json.code], [400, "invalid-request"]);
      assert.equal((await ask("GET", "/v2/repository/index")).status, 405);
      for (const path of [
        "/v2/systemsharedmemory/status",
        "/v2/cudasharedmemory/region/a/register",
        "/v2/logging",
        "/v2/trace/setting",
        "/v2/models/scale/trace/setting",
      ]) {
        const refused = await ask("GET", path);
        assert.deepEqual([refused.status, refused.json.code], [501, "unsupported-extension"], path);
        assert.equal(typeof refused.json.error, "string");
      }
    });
  });
});
