import assert from "node:assert/strict";
import type { Inference } from "../../../runtime/inference/inference.ts";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import type { RunningServer } from "../../../runtime/server.ts";
import { serveInference } from "../routes/serve-inference.ts";
import { useEngines } from "./engine-fixture.ts";
import { heldCodecEntry, watchHeldCodec } from "./held-codec-thread.ts";
import { identityModel } from "./models.ts";

const rows = 20_000;
const values = Float32Array.from({ length: 2 * rows }, (_, index) => index / 4);
const head = { name: "x", datatype: "FP32", shape: [rows, 2] };

const largeRequest = {
  headers: {},
  body: JSON.stringify({
    inputs: [{ ...head, data: [...values] }],
    outputs: [{ name: "y", parameters: { binary_data: true } }],
  }),
};

const json = JSON.stringify({ inputs: [{ ...head, parameters: { binary_data_size: values.byteLength } }] });
const largeAnswer = {
  headers: { "Inference-Header-Content-Length": String(json.length) },
  body: Buffer.concat([Buffer.from(json), Buffer.from(values.buffer)]),
};

describe("inference with large JSON", () => {
  const engines = useEngines();
  let inference: Inference;
  let server: RunningServer;
  let codec: ReturnType<typeof watchHeldCodec>;

  beforeEach(async () => {
    await publishModel(engines.store, identityModel("FP32", "identity"));
    inference = engines.start({ codecEntry: heldCodecEntry });
    await inference.ready("identity");
    server = await serveInference(inference);
    codec = watchHeldCodec();
  });
  afterEach(async () => {
    codec.close();
    await server.stop(0);
  });

  /** The large request, and how it was answered once the thread could go on. */
  async function whileHeld({ headers, body }: typeof largeRequest | typeof largeAnswer): Promise<Response> {
    const address = `http://127.0.0.1:${server.port}`;
    let isAnswered = false;
    const large = fetch(`${address}/v2/models/identity/infer`, { method: "POST", headers, body }).finally(
      () => {
        isAnswered = true;
      },
    );
    await codec.waiting;
    assert.equal((await fetch(`${address}/v2/health/live`)).status, 200);
    assert.equal(isAnswered, false);
    codec.release();
    return large;
  }

  it("answers others while a large request is parsed", async () => {
    const response = await whileHeld(largeRequest);
    assert.equal(response.status, 200);
    const content = Buffer.from(await response.arrayBuffer());
    assert.ok(content.subarray(-values.byteLength).equals(Buffer.from(values.buffer)));
  });

  it("answers others while a large answer is written", async () => {
    const response = await whileHeld(largeAnswer);
    assert.equal(response.status, 200);
    const { outputs } = (await response.json()) as { outputs: { data: number[] }[] };
    assert.deepEqual(outputs[0]?.data, [...values]);
  });
});
