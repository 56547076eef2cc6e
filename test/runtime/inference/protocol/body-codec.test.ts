import assert from "node:assert/strict";
import { type BodyCodec, createBodyCodec } from "../../../../runtime/inference/protocol/body-codec.ts";
import type { ModelInterface } from "../../../../runtime/inference/protocol/decode-request.ts";
import type { ComputedOutputs } from "../../../../runtime/inference/protocol/encode-response.ts";
import { decodeBody, encodeBody } from "../../../../runtime/inference/protocol/infer-body.ts";
import { thrownBy } from "../thrown-by.ts";

const model: ModelInterface = {
  inputs: [
    { name: "x", datatype: "FP32", shape: [-1] },
    { name: "text", datatype: "BYTES", shape: [-1] },
  ],
  outputs: [{ name: "y", datatype: "FP32", shape: [-1] }],
};

function bodyOf(change: object = {}) {
  const request = {
    id: "r",
    inputs: [
      { name: "x", datatype: "FP32", shape: [3], data: [1, 2, 3] },
      { name: "text", datatype: "BYTES", shape: [3], data: ["a", "ü", ""] },
    ],
    outputs: [{ name: "y", parameters: { binary_data: true } }],
    parameters: { priority: 2 },
    ...change,
  };
  return { bytes: new TextEncoder().encode(JSON.stringify(request)), jsonLength: undefined };
}

describe("body codec", () => {
  const started: BodyCodec[] = [];
  afterEach(() => Promise.all(started.splice(0).map((codec) => codec.close())));

  function start(options: Parameters<typeof createBodyCodec>[0] = {}): BodyCodec {
    const codec = createBodyCodec({ threshold: 0, ...options });
    started.push(codec);
    return codec;
  }

  it("gives the same from the thread as here, and leaves small bodies here", async () => {
    const here = start({ threshold: 10_000 }).decode(bodyOf(), model);
    assert.ok(!(here instanceof Promise));
    assert.deepEqual(here, decodeBody(bodyOf(), model));
    const inThread = start().decode(bodyOf(), model);
    assert.ok(inThread instanceof Promise);
    assert.deepEqual(await inThread, here);
  });

  it("writes the same in the thread as here, and leaves the outputs as they are", async () => {
    const data = Float32Array.from({ length: 8 }, (_, index) => index / 2);
    const computed: ComputedOutputs = {
      id: "r",
      model: "m",
      version: 3,
      outputs: [
        { name: "part", datatype: "FP32", shape: [2], data: data.subarray(2, 4) },
        { name: "whole", datatype: "FP32", shape: [8], data },
        { name: "text", datatype: "BYTES", shape: [2], data: ["ü", ""] },
      ],
      forms: new Map([["whole", { isBinary: true, classes: undefined }]]),
    };
    const here = start({ threshold: 10_000 }).encode(computed);
    assert.ok(!(here instanceof Promise));
    assert.deepEqual(here, encodeBody(computed));
    const inThread = await start().encode(computed);
    assert.equal(Buffer.from(inThread.json).toString(), Buffer.from(here.json).toString());
    assert.deepEqual(
      inThread.binary.map((bytes) => [...bytes]),
      [[...new Uint8Array(data.buffer)]],
    );
    assert.equal(data[7], 3.5);
  });

  it("leaves an answer here whose large outputs are binary", () => {
    const data = new Float32Array(1000);
    const computed: ComputedOutputs = {
      id: undefined,
      model: "m",
      version: 1,
      outputs: [{ name: "y", datatype: "FP32", shape: [1000], data }],
      forms: new Map([["y", { isBinary: true, classes: undefined }]]),
    };
    assert.ok(!(start({ threshold: 1000 }).encode(computed) instanceof Promise));
  });

  it("takes bodies that are a part of a buffer, and leaves the rest of it alone", async () => {
    const { bytes } = bodyOf();
    const larger = Buffer.alloc(bytes.length + 20);
    larger.set(bytes, 10);
    const decoded = await start().decode(
      { bytes: larger.subarray(10, 10 + bytes.length), jsonLength: undefined },
      model,
    );
    assert.equal(decoded.inputs.length, 2);
    assert.equal(larger.length, bytes.length + 20);
  });

  it("tells what is wrong as it is told here", async () => {
    const codec = start();
    const wrong = await thrownBy(Promise.resolve(codec.decode(bodyOf({ inputs: [] }), model)));
    assert.deepEqual([wrong.status, wrong.code, wrong.problems.length], [400, "invalid-request", 2]);
    const cut = { bytes: bodyOf().bytes.slice(0, 30), jsonLength: undefined };
    const invalid = await thrownBy(Promise.resolve(codec.decode(cut, model)));
    assert.deepEqual([invalid.status, invalid.code], [400, "invalid-json"]);
    assert.equal((await codec.decode(bodyOf(), model)).id, "r");
  });

  it("decodes one after the other, and forgets what nobody waits for", async () => {
    const codec = start();
    const gone = new AbortController();
    const first = codec.decode(bodyOf({ id: "1" }), model);
    const second = thrownBy(Promise.resolve(codec.decode(bodyOf({ id: "2" }), model, gone.signal)));
    const third = codec.decode(bodyOf({ id: "3" }), model);
    gone.abort();
    assert.equal((await second).code, "request-aborted");
    assert.deepEqual([(await first).id, (await third).id], ["1", "3"]);
  });

  it("turns away what is more than may wait, and takes it when the others are done", async () => {
    const size = bodyOf().bytes.length;
    const codec = start({ maximumWaitingBytes: 2 * size + 10 });
    const waiting = [codec.decode(bodyOf(), model), codec.decode(bodyOf(), model)];
    assert.throws(() => codec.decode(bodyOf(), model), { code: "overloaded", status: 503 });
    await Promise.all(waiting);
    assert.equal((await codec.decode(bodyOf(), model)).id, "r");
  });

  it("ends the thread when nothing is to be done, and starts another", async () => {
    const entry = new URL(
      `data:text/javascript,${encodeURIComponent(`
        import { parentPort, threadId } from "node:worker_threads";
        parentPort.on("message", () => parentPort.postMessage({ decoded: { id: String(threadId) } }));
      `)}`,
    );
    const threadsOf = async (codec: BodyCodec) => {
      const first = await codec.decode(bodyOf(), model);
      // Timers go off in the order of their times: the codec's own is over then.
      await new Promise((resolve) => setTimeout(resolve, 1));
      return [first.id, (await codec.decode(bodyOf(), model)).id];
    };
    const [first, second] = await threadsOf(start({ entry, idleSeconds: 0 }));
    assert.notEqual(first, second);
    const [kept, same] = await threadsOf(start({ entry }));
    assert.equal(kept, same);
  });

  it("answers what waits when it is closed", async () => {
    const codec = start();
    const waiting = [codec.decode(bodyOf(), model), codec.decode(bodyOf(), model)];
    const errors = waiting.map((decoded) => thrownBy(Promise.resolve(decoded)));
    await codec.close();
    assert.deepEqual(
      (await Promise.all(errors)).map(({ code }) => code),
      ["shutting-down", "shutting-down"],
    );
  });

  it("tells when the thread dies, and starts another", async () => {
    const entry = new URL(
      `data:text/javascript,${encodeURIComponent(`
        import { parentPort } from "node:worker_threads";
        parentPort.on("message", ({ body }) => {
          if (body.bytes.length < 100) process.exit(3);
          parentPort.postMessage({ decoded: { id: "alive" } });
        });
      `)}`,
    );
    const codec = start({ entry });
    const small = { bytes: new Uint8Array(10), jsonLength: undefined };
    const [died, next] = [codec.decode(small, model), codec.decode(bodyOf(), model)];
    const error = await thrownBy(Promise.resolve(died));
    assert.deepEqual([error.status, error.code], [503, "codec-crashed"]);
    assert.equal((await next).id, "alive");
  });
});
