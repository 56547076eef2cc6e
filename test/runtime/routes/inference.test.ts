import assert from "node:assert/strict";
import { connect } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import type { CancelSignal } from "../../../runtime/inference/cancel-signal.ts";
import { createInference } from "../../../runtime/inference/engine.ts";
import type { Inference } from "../../../runtime/inference/inference.ts";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import type { RunningServer } from "../../../runtime/server.ts";
import { identityModel, row, scaleModel, temporaryStore } from "../inference/models.ts";
import { serveInference } from "./serve-inference.ts";

interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & { error?: string; code?: string; problems?: { path: string }[] };
}

describe("inference routes", () => {
  let store: ObjectStore;
  let remove: () => Promise<void>;
  let inference: Inference;
  let server: RunningServer;
  let url: string;

  before(async () => {
    ({ store, remove } = await temporaryStore());
    await publishModel(store, scaleModel(1));
    await publishModel(store, scaleModel(2));
    await publishModel(store, identityModel("INT64", "whole.numbers-1_x"));
    inference = createInference({ store, workers: 1 });
    server = await serveInference(inference);
    url = `http://127.0.0.1:${server.port}`;
  });
  after(async () => {
    await server.stop(0);
    await inference.close();
    await remove();
  });

  async function ask(
    method: string,
    path: string,
    body?: Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? {} : JSON.parse(text) };
  }

  /** As a Uint8Array, so that fetch adds no Content-Type. */
  const bytes = (value: unknown) =>
    new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

  it("tells about the server, its health and its models", async () => {
    assert.deepEqual((await ask("GET", "/v2")).body, {
      name: "skyloom",
      version: "1.2.3",
      extensions: [
        "binary_tensor_data",
        "classification",
        "model_configuration",
        "model_repository",
        "schedule_policy",
        "statistics",
      ],
    });
    assert.deepEqual((await ask("GET", "/v2/health/live")).body, { live: true });
    assert.deepEqual((await ask("GET", "/v2/health/ready")).body, { ready: true });
    const { body } = await ask("GET", "/v2/models");
    assert.deepEqual(
      (body.models as { name: string; version: string; state: string }[]).map((model) => [
        model.name,
        model.version,
        model.state,
      ]),
      [
        ["scale", "2", "READY"],
        ["whole.numbers-1_x", "1", "READY"],
      ],
    );
  });

  it("tells metadata and readiness of a model and of a version, with and without a slash at the end", async () => {
    for (const path of ["/v2/models/scale", "/v2/models/scale/", "/v2/models/scale/versions/1/"]) {
      const { status, body } = await ask("GET", path);
      assert.equal(status, 200, path);
      assert.deepEqual(body.versions, ["1", "2"]);
      assert.deepEqual(body.inputs, [{ name: "x", datatype: "FP32", shape: [-1, 2] }]);
    }
    for (const path of ["/v2/models/scale/ready", "/v2/models/scale/versions/1/ready/"])
      assert.deepEqual((await ask("GET", path)).body, { name: "scale", ready: true });
  });

  it("infers with the current and with a given version, whatever the Content-Type", async () => {
    const current = await ask("POST", "/v2/models/scale/infer", bytes({ id: "a", ...row(1, 2) }));
    assert.equal(current.status, 200);
    assert.deepEqual(current.body, {
      id: "a",
      model_name: "scale",
      model_version: "2",
      outputs: [{ name: "y", datatype: "FP32", shape: [1, 2], data: [2, 4] }],
    });
    for (const type of ["application/json", "application/octet-stream", "text/plain; charset=latin1"]) {
      const headers = { "Content-Type": type };
      const old = await ask("POST", "/v2/models/scale/versions/1/infer/", bytes(row(1, 2)), headers);
      assert.deepEqual((old.body.outputs as { data: unknown }[])[0]?.data, [1, 2]);
    }
  });

  it("decodes names that are percent-encoded and bodies that are compressed", async () => {
    const body = {
      inputs: [{ name: "x", datatype: "INT64", shape: [1, 2], data: [1, "9223372036854775807"] }],
    };
    const path = "/v2/models/whole%2Enumbers%2D1%5Fx/infer";
    for (const [encoding, compress] of [
      ["gzip", gzipSync],
      ["deflate", deflateSync],
    ] as const) {
      const answer = await ask("POST", path, new Uint8Array(compress(bytes(body))), {
        "Content-Encoding": encoding,
      });
      assert.deepEqual((answer.body.outputs as { data: unknown }[])[0]?.data, [1, "9223372036854775807"]);
    }
  });

  it("answers each bad request with its status and code, and stays up", async () => {
    const infer = "/v2/models/scale/infer";
    const deepData = JSON.stringify({ inputs: [{ ...row(1, 1).inputs[0], data: ["DEEP"] }] }).replace(
      '"DEEP"',
      "[".repeat(500_000) + "]".repeat(500_000),
    );
    const cases: [method: string, path: string, body: unknown, status: number, code: string][] = [
      ["POST", "/v2/models/other/infer", row(1, 1), 404, "model-not-found"],
      ["POST", "/v2/models/..%2Fscale/infer", row(1, 1), 404, "model-not-found"],
      ["POST", "/v2/models/scale/versions/9/infer", row(1, 1), 404, "model-version-not-found"],
      ["GET", "/v2/models/other", undefined, 404, "model-not-found"],
      ["GET", "/v2/models/other/ready", undefined, 404, "model-not-found"],
      ["GET", "/v2/models/scale/versions/x", undefined, 404, "model-version-not-found"],
      ["GET", "/v2/nothing", undefined, 404, "route-not-found"],
      ["POST", infer, '{"inputs": [', 400, "invalid-json"],
      ["POST", infer, "", 400, "invalid-json"],
      ["POST", infer, undefined, 400, "invalid-json"],
      ["POST", infer, "[".repeat(1_000_000), 400, "invalid-json"],
      ["POST", infer, `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`, 400, "invalid-request"],
      ["POST", infer, deepData, 400, "invalid-request"],
      ["POST", infer, { inputs: [{ ...row(1, 1).inputs[0], shape: [1, 3] }] }, 400, "invalid-request"],
      ["POST", infer, { inputs: [{ ...row(1, 1).inputs[0], datatype: "INT8" }] }, 400, "invalid-request"],
      ["GET", infer, undefined, 405, "method-not-allowed"],
      ["DELETE", "/v2/models/scale", undefined, 405, "method-not-allowed"],
      ["POST", "/v2/health/live", undefined, 405, "method-not-allowed"],
      ["PUT", "/v2/models/scale/versions/1/ready", undefined, 405, "method-not-allowed"],
      ["GET", "/v2/models/%E0%A4%A", undefined, 400, "bad-request"],
    ];
    for (const [method, path, body, status, code] of cases) {
      const answer = await ask(method, path, body === undefined ? undefined : bytes(body));
      const label = `${method} ${path} ${JSON.stringify(body)?.slice(0, 60)}`;
      assert.deepEqual([answer.status, answer.body.code], [status, code], label);
      assert.equal(typeof answer.body.error, "string", label);
      assert.ok(Array.isArray(answer.body.problems), label);
    }
    assert.equal((await ask("POST", infer, bytes(row(1, 1)))).status, 200);
  });

  it("names the place of the mistake, the methods allowed, and every wrong part", async () => {
    const broken = await ask("POST", "/v2/models/scale/infer", bytes('{"inputs": x}'));
    assert.match(broken.body.error ?? "", /position 11/);
    const method = await ask("DELETE", "/v2/models/scale/infer");
    assert.equal(method.headers.get("allow"), "POST");
    const wrong = await ask(
      "POST",
      "/v2/models/scale/infer",
      bytes({ inputs: [{ name: "z", datatype: "FP32", shape: [1], data: "x" }], outputs: [{ name: "w" }] }),
    );
    assert.deepEqual(
      wrong.body.problems?.map(({ path }) => path),
      ["inputs[0].name", "inputs[0].data", "inputs", "outputs[0].name"],
    );
  });

  it("refuses a body over the limit with 413, also one that is small only while compressed", async () => {
    const large = bytes(" ".repeat(16 * 1024 * 1024 + 1));
    const plain = await ask("POST", "/v2/models/scale/infer", large);
    assert.deepEqual([plain.status, plain.body.code], [413, "request-too-large"]);
    const bomb = new Uint8Array(gzipSync(large));
    const packed = await ask("POST", "/v2/models/scale/infer", bomb, { "Content-Encoding": "gzip" });
    assert.deepEqual([packed.status, packed.body.code], [413, "request-too-large"]);
  });

  it("tells the engine when the caller goes away", async () => {
    const { promise: called, resolve: onCall } = Promise.withResolvers<CancelSignal | undefined>();
    const slow = await serveInference({
      ...inference,
      inferBody: (_name, _version, _body, signal) => {
        onCall(signal);
        return new Promise(() => {});
      },
    });
    const socket = connect(slow.port, "127.0.0.1");
    socket.write("POST /v2/models/scale/infer HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}");
    const signal = await called;
    assert.equal(signal?.aborted, false);
    const aborted = new Promise<void>((resolve) => signal?.addEventListener("abort", resolve));
    socket.destroy();
    await aborted;
    await slow.stop(0);
  });
});
