import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { decodeBody } from "../../runtime/inference/protocol/infer-body.ts";
import { type InferenceServer, startInferenceServer } from "./start-inference-server.ts";

const rows = 400_000;
const tensor = { datatype: "FP32" as const, shape: [-1, 2] };
const model = { inputs: [{ name: "x", ...tensor }], outputs: [{ name: "y", ...tensor }] };

describe("large inference requests", () => {
  let server: InferenceServer;
  const agent = new Agent({ keepAlive: true });
  const data = Array.from({ length: 2 * rows }, (_, index) => Math.sin(index));
  const body = Buffer.from(
    JSON.stringify({
      inputs: [{ name: "x", datatype: "FP32", shape: [rows, 2], data }],
      outputs: [{ name: "y", parameters: { binary_data: true } }],
    }),
  );

  before(async () => {
    server = await startInferenceServer("automatic");
    await ask("GET", "/v2/models/identity-FP32/ready");
  });
  after(async () => {
    agent.destroy();
    await server.stop();
  });

  function ask(method: string, path: string, content?: Buffer): Promise<{ status: number; length: number }> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: server.port, method, path, agent };
      const call = request(options, async (response) => {
        let length = 0;
        for await (const chunk of response) length += chunk.length;
        resolve({ status: response.statusCode ?? 0, length });
      });
      call.once("error", reject);
      call.end(content);
    });
  }

  /** The longest that a health check took while a large request was under way, in milliseconds. */
  async function longestWait(): Promise<number> {
    let isDone = false;
    const infer = ask("POST", "/v2/models/identity-FP32/infer", body).finally(() => {
      isDone = true;
    });
    let longest = 0;
    while (!isDone) {
      const started = performance.now();
      await ask("GET", "/v2/health/live");
      longest = Math.max(longest, performance.now() - started);
    }
    const { status, length } = await infer;
    assert.equal(status, 200);
    assert.ok(length > 8 * rows);
    return longest;
  }

  it(`of ${Math.round(body.length / 2 ** 20)} MiB of JSON hold up a health check for less than half as long as they take to parse`, async () => {
    const shares: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const bytes = new Uint8Array(body);
      const started = performance.now();
      decodeBody({ bytes, jsonLength: undefined }, model);
      const parsing = performance.now() - started;
      shares.push((await longestWait()) / parsing);
    }
    // The best of some: both are measured on a machine that may do something else meanwhile.
    assert.ok(Math.min(...shares) < 0.5, `waited for these parts of the time to parse: ${shares.join(", ")}`);
  });
});
