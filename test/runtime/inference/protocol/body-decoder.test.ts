import assert from "node:assert/strict";
import { type BodyDecoder, createBodyDecoder } from "../../../../runtime/inference/protocol/body-decoder.ts";
import type { ModelInterface } from "../../../../runtime/inference/protocol/decode-request.ts";
import { decodeBody } from "../../../../runtime/inference/protocol/infer-body.ts";
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

describe("body decoder", () => {
  const started: BodyDecoder[] = [];
  afterEach(() => Promise.all(started.splice(0).map((decoder) => decoder.close())));

  function start(options: Parameters<typeof createBodyDecoder>[0] = {}): BodyDecoder {
    const decoder = createBodyDecoder({ threshold: 0, ...options });
    started.push(decoder);
    return decoder;
  }

  it("gives the same from the thread as here, and leaves small bodies here", async () => {
    const here = start({ threshold: 10_000 }).decode(bodyOf(), model);
    assert.ok(!(here instanceof Promise));
    assert.deepEqual(here, decodeBody(bodyOf(), model));
    const inThread = start().decode(bodyOf(), model);
    assert.ok(inThread instanceof Promise);
    assert.deepEqual(await inThread, here);
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
    const decoder = start();
    const wrong = await thrownBy(Promise.resolve(decoder.decode(bodyOf({ inputs: [] }), model)));
    assert.deepEqual([wrong.status, wrong.code, wrong.problems.length], [400, "invalid-request", 2]);
    const cut = { bytes: bodyOf().bytes.slice(0, 30), jsonLength: undefined };
    const invalid = await thrownBy(Promise.resolve(decoder.decode(cut, model)));
    assert.deepEqual([invalid.status, invalid.code], [400, "invalid-json"]);
    assert.equal((await decoder.decode(bodyOf(), model)).id, "r");
  });

  it("decodes one after the other, and forgets what nobody waits for", async () => {
    const decoder = start();
    const gone = new AbortController();
    const first = decoder.decode(bodyOf({ id: "1" }), model);
    const second = thrownBy(Promise.resolve(decoder.decode(bodyOf({ id: "2" }), model, gone.signal)));
    const third = decoder.decode(bodyOf({ id: "3" }), model);
    gone.abort();
    assert.equal((await second).code, "request-aborted");
    assert.deepEqual([(await first).id, (await third).id], ["1", "3"]);
  });

  it("turns away what is more than may wait, and takes it when the others are done", async () => {
    const size = bodyOf().bytes.length;
    const decoder = start({ maximumWaitingBytes: 2 * size + 10 });
    const waiting = [decoder.decode(bodyOf(), model), decoder.decode(bodyOf(), model)];
    assert.throws(() => decoder.decode(bodyOf(), model), { code: "overloaded", status: 503 });
    await Promise.all(waiting);
    assert.equal((await decoder.decode(bodyOf(), model)).id, "r");
  });

  it("ends the thread when nothing is to be done, and starts another", async () => {
    const entry = new URL(
      `data:text/javascript,${encodeURIComponent(`
        import { parentPort, threadId } from "node:worker_threads";
        parentPort.on("message", () => parentPort.postMessage({ decoded: { id: String(threadId) } }));
      `)}`,
    );
    const threadsOf = async (decoder: BodyDecoder) => {
      const first = await decoder.decode(bodyOf(), model);
      // Timers go off in the order of their times: the decoder's own is over then.
      await new Promise((resolve) => setTimeout(resolve, 1));
      return [first.id, (await decoder.decode(bodyOf(), model)).id];
    };
    const [first, second] = await threadsOf(start({ entry, idleSeconds: 0 }));
    assert.notEqual(first, second);
    const [kept, same] = await threadsOf(start({ entry }));
    assert.equal(kept, same);
  });

  it("answers what waits when it is closed", async () => {
    const decoder = start();
    const waiting = [decoder.decode(bodyOf(), model), decoder.decode(bodyOf(), model)];
    const errors = waiting.map((decoded) => thrownBy(Promise.resolve(decoded)));
    await decoder.close();
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
    const decoder = start({ entry });
    const small = { bytes: new Uint8Array(10), jsonLength: undefined };
    const [died, next] = [decoder.decode(small, model), decoder.decode(bodyOf(), model)];
    const error = await thrownBy(Promise.resolve(died));
    assert.deepEqual([error.status, error.code], [503, "parser-crashed"]);
    assert.equal((await next).id, "alive");
  });
});
