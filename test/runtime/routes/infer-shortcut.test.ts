import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import express from "express";
import type { Inference } from "../../../runtime/inference/inference.ts";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import type { InferBody } from "../../../runtime/inference/protocol/infer-body.ts";
import { createInferShortcut } from "../../../runtime/routes/inference/infer-shortcut.ts";
import { listen, type RunningServer } from "../../../runtime/server.ts";
import { useEngines } from "../inference/engine-fixture.ts";
import { row, scaleModel } from "../inference/models.ts";
import { serveInference } from "./serve-inference.ts";

interface Ask {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
  /** Without a Content-Length. */
  isChunked?: boolean;
}

const json = JSON.stringify(row(1, 2));
const binaryHead = JSON.stringify({
  inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], parameters: { binary_data_size: 8 } }],
  outputs: [{ name: "y", parameters: { binary_data: true } }],
});
const binary = Buffer.concat([Buffer.from(binaryHead), new Uint8Array(Float32Array.of(1, 2).buffer)]);

/** Of 6,000 bytes of numbers after JSON of so many more bytes than it needs. */
function largeBinary(spaces: number, values = Float32Array.from({ length: 1500 }, (_, index) => index)): Ask {
  const parameters = { binary_data_size: values.byteLength };
  const inputs = [{ name: "x", datatype: "FP32", shape: [750, 2], parameters }];
  const head = JSON.stringify({ inputs, parameters: { binary_data_output: true } }) + " ".repeat(spaces);
  return {
    body: Buffer.concat([Buffer.from(head), new Uint8Array(values.buffer)]),
    headers: { "Inference-Header-Content-Length": String(head.length) },
  };
}

const requests: Record<string, Ask> = {
  "plain JSON": {},
  "a slash at the end": { path: "/v2/models/scale/infer/" },
  "a version": { path: "/v2/models/scale/versions/1/infer" },
  "a version that is not there": { path: "/v2/models/scale/versions/7/infer" },
  "an encoded name": { path: "/v2/models/sc%61le/infer" },
  "a query": { path: "/v2/models/scale/infer?a=1" },
  "capital letters in the path": { path: "/V2/models/scale/INFER" },
  "another method": { method: "GET", body: "" },
  "binary tensors": {
    body: binary,
    headers: { "Inference-Header-Content-Length": String(binaryHead.length) },
  },
  ...Object.fromEntries(
    [0, 1, 2, 3, 4, 5, 6, 7].map((spaces) => [
      `large binary tensors, ${spaces} bytes on`,
      largeBinary(spaces),
    ]),
  ),
  "a large body and a header that lies": {
    ...largeBinary(0),
    headers: { "Inference-Header-Content-Length": "9999" },
  },
  "a wrong header": { headers: { "Inference-Header-Content-Length": "x" } },
  "no body": { body: "" },
  "broken JSON": { body: "{" },
  "JSON after a byte order mark": { body: `\ufeff${json}` },
  "bytes that are no text": { body: Buffer.from([0x7b, 0xff, 0x7d]) },
  "a body in chunks": { isChunked: true },
  "a compressed body": { body: gzipSync(json), headers: { "Content-Encoding": "gzip" } },
  "an encoding that nobody knows": { headers: { "Content-Encoding": "x" } },
  "no encoding, by name": { headers: { "Content-Encoding": "identity" } },
  "a body that is too large": { body: Buffer.alloc(16 * 1024 * 1024 + 1, " ") },
  "a request id": { headers: { "X-Request-Id": "abc" } },
  "a page of another origin": { headers: { Origin: "https://example.com" } },
  "another host": { headers: { Host: "example.com" } },
};

async function ask(port: number, { path = "/v2/models/scale/infer", method = "POST", ...rest }: Ask) {
  const { headers = {}, body = json, isChunked = false } = rest;
  const call = request({ host: "127.0.0.1", port, path, method, headers, agent: false });
  if (isChunked) call.write(body);
  call.end(isChunked ? undefined : body);
  const [response] = (await once(call, "response")) as [IncomingMessage];
  const content = await buffer(response);
  return {
    status: response.statusCode,
    headers: comparable(response.headers),
    body: content.toString("latin1"),
  };
}

/** Without the time and a new id. */
function comparable({ date: _date, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders {
  return { ...headers, "x-request-id": headers["x-request-id"] === "abc" ? "abc" : "some" };
}

describe("infer shortcut", () => {
  const engines = useEngines();
  const servers: RunningServer[] = [];
  let short: number;
  let long: number;

  beforeEach(async () => {
    await publishModel(engines.store, scaleModel(2));
    const inference = engines.start();
    servers.push(await serveInference(inference), await serveInference(inference, false));
    [short, long] = servers.map(({ port }) => port) as [number, number];
  });
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop(0))));

  it("answers as the routers do, whatever the request", async () => {
    for (const [name, asked] of Object.entries(requests))
      assert.deepEqual(await ask(short, asked), await ask(long, asked), name);
    assert.equal((await ask(short, {})).status, 200);
  });

  it("names its requests in the metrics by their pattern, as the routers do", async () => {
    for (const port of [short, long]) {
      await ask(port, {});
      await ask(port, { path: "/v2/models/scale/versions/1/infer" });
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      for (const route of ["/v2/models/:name/infer", "/v2/models/:name/versions/:version/infer"])
        assert.ok(
          metrics.includes(
            `http_request_duration_seconds_count{method="POST",route="${route}",status="200"} 1`,
          ),
        );
    }
  });

  it("names no route of requests that it refuses, as the routers do", async () => {
    for (const port of [short, long]) {
      assert.equal((await ask(port, { headers: { Host: "example.com" } })).status, 403);
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      assert.match(
        metrics,
        /http_request_duration_seconds_count\{method="POST",route="unmatched",status="403"\} 1/,
      );
    }
  });

  it("answers many large requests at once with their own numbers, time after time", async () => {
    for (let time = 0; time < 3; time += 1)
      await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const values = new Float32Array(1500).fill(time * 100 + index);
          const { body } = await ask(short, largeBinary(index % 8, values));
          const answered = Buffer.from(body, "latin1").subarray(-values.byteLength);
          const doubled = new Uint8Array(values.map((value) => value * 2).buffer);
          assert.ok(answered.equals(doubled), `${time}, ${index}`);
        }),
      );
  });

  it("reads large binary requests into memory of earlier ones that were answered", async () => {
    const buffers: ArrayBufferLike[] = [];
    const answers = [
      async () => ({ json: Buffer.from("{}"), binary: [] }),
      async () => {
        throw new Error("a worker may be about to take it");
      },
      async ({ bytes }: InferBody) => {
        structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] });
        return { json: Buffer.from("{}"), binary: [] };
      },
    ];
    const inferBody: Inference["inferBody"] = (_name, _version, body) => {
      const answer = answers[buffers.length % answers.length] as (typeof answers)[number];
      buffers.push(body.bytes.buffer);
      return answer(body);
    };
    const server = await serveInference({ ...engines.start(), inferBody });
    servers.push(server);
    for (let count = 0; count < 4; count += 1) await ask(server.port, largeBinary(0));
    const [first, second, third, fourth] = buffers;
    assert.equal(second, first);
    assert.notEqual(third, second);
    assert.notEqual(fourth, third);
  });

  it("leaves no memory of a request's parts to garbage collections", async () => {
    const parts: ArrayBufferLike[] = [];
    const shortcut = createInferShortcut({
      inference: { inferBody: async () => ({ json: Buffer.from("{}"), binary: [] }) },
    });
    const app = express();
    app.use((request, response, next) => {
      request.on("data", ({ buffer }: Buffer) => parts.push(buffer));
      shortcut(request)?.(response, next);
    });
    const server = await listen(app, "127.0.0.1", 0);
    servers.push(server);
    assert.equal((await ask(server.port, largeBinary(0, new Float32Array(50_000)))).status, 200);
    assert.ok(parts.length > 1);
    assert.deepEqual(
      parts.map(({ byteLength }) => byteLength),
      parts.map(() => 0),
    );
  });

  it("goes on after a caller that left in the middle of a body", async () => {
    const socket = connect(short, "127.0.0.1");
    await once(socket, "connect");
    const head = "POST /v2/models/scale/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{";
    await new Promise((resolve) => socket.write(head, resolve));
    socket.destroy();
    await once(socket, "close");
    assert.equal((await ask(short, {})).status, 200);
  });
});
