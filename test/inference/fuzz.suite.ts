import assert from "node:assert/strict";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { amplifiedRequests, type MalformedRequest, malformedRequest } from "./malformed-requests.ts";
import { createRandom } from "./random.ts";
import { type InferenceServer, startInferenceServer } from "./start-inference-server.ts";

const count = 20_000;
const warmUp = 4_000;
const parallel = 12;
const megabyte = 1024 * 1024;
/** What garbage that is not collected yet may take beyond the most of the warm-up. */
const allowedGrowth = 128 * megabyte;
/** An answer later than that is a hang, on however busy a machine. */
const timeoutMilliseconds = 120_000;

const seed = Number(process.env.SKYLOOM_FUZZ_SEED ?? Date.now() % 2 ** 32);

describe(`malformed inference requests (SKYLOOM_FUZZ_SEED=${seed})`, () => {
  let server: InferenceServer;
  let agent: Agent;

  before(async () => {
    server = await startInferenceServer("automatic");
    agent = new Agent({ keepAlive: true, maxSockets: parallel });
  });
  after(async () => {
    agent.destroy();
    await server.stop();
  });

  /** @param over false: a connection of its own. One that is kept may be closed while this process is busy. */
  function send(
    { method, path, headers, body }: Omit<MalformedRequest, "kind">,
    over: Agent | false = agent,
  ) {
    return new Promise<{ status: number; body: Buffer }>((resolve, reject) => {
      const options = { host: "127.0.0.1", port: server.port, agent: over, method, path, headers };
      const call = httpRequest(
        { ...options, headers: { ...headers, "Content-Length": body.length }, timeout: timeoutMilliseconds },
        async (response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk);
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
        },
      );
      call.once("timeout", () => call.destroy(new Error(`no answer in ${timeoutMilliseconds} ms`)));
      call.once("error", reject);
      call.end(body);
    });
  }

  /** What is wrong with the answer to a malformed request; undefined when it is as it should be. */
  async function faultOf(request: MalformedRequest, over?: false): Promise<string | undefined> {
    try {
      const { status, body } = await send(request, over);
      if (status < 400 || status > 499) return `status ${status}: ${body.subarray(0, 300)}`;
      const { error } = JSON.parse(body.toString());
      if (typeof error !== "string" || error === "") return `no message: ${body.subarray(0, 300)}`;
      return body.length > megabyte / 4 ? `an answer of ${body.length} bytes` : undefined;
    } catch (error) {
      return String(error);
    }
  }

  async function inferWell(): Promise<void> {
    const body = Buffer.from(
      '{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]}],"outputs":[{"name":"y"}]}',
    );
    const answer = await send({ method: "POST", path: "/v2/models/scale/infer", headers: {}, body });
    assert.deepEqual(JSON.parse(answer.body.toString()).outputs[0].data, [2, 4]);
  }

  it(`refuses each of ${count} with a message, and needs no more memory for the last than for the first`, async () => {
    const random = createRandom(seed);
    const faults: string[] = [];
    const memory: number[] = [];
    const kinds = new Set<string>();
    let sent = 0;
    await inferWell();
    async function sendSome(until: number): Promise<void> {
      while (sent < until && faults.length < 20) {
        const number = sent;
        sent += 1;
        const request = malformedRequest(random);
        kinds.add(request.kind);
        const fault = await faultOf(request);
        if (fault === undefined) continue;
        const shown = request.body.subarray(0, 200).toString("latin1");
        faults.push(`#${number} ${request.kind}: ${fault}\n${JSON.stringify({ ...request, body: shown })}`);
      }
    }
    for (let until = 1000; until <= count && faults.length === 0; until += 1000) {
      await Promise.all(Array.from({ length: parallel }, () => sendSome(until)));
      assert.equal(server.ending(), undefined, `the server died after ${sent} requests`);
      memory.push(await server.memory());
    }
    assert.deepEqual(faults, []);
    assert.ok(kinds.size > 40, `only ${kinds.size} kinds were sent`);
    const before = Math.max(...memory.slice(0, warmUp / 1000));
    const after = Math.min(...memory.slice(-3));
    const shown = memory.map((bytes) => Math.round(bytes / megabyte)).join(", ");
    assert.ok(after < before + allowedGrowth, `memory in MB after each 1000: ${shown}`);
    await inferWell();
  });

  it("refuses what is many times larger once parsed, and answers others meanwhile", async () => {
    const health = { method: "GET", path: "/v2/health/live", headers: {}, body: Buffer.alloc(0) };
    for (const request of amplifiedRequests(16 * megabyte)) {
      const refused = faultOf(request, false);
      assert.equal((await send(health, false)).status, 200);
      assert.equal(await refused, undefined, request.kind);
    }
    await inferWell();
    assert.equal(server.ending(), undefined);
  });

  it("goes on when clients leave in the middle of what they send", async () => {
    const random = createRandom(seed);
    for (let number = 0; number < 200; number += 1) {
      const head = `POST /v2/models/scale/infer HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${random.whole(50, 1e6)}\r\n`;
      const more = random.pick(["", "Content-Encoding: gzip\r\n", "Inference-Header-Content-Length: 30\r\n"]);
      const whole = `${head}${more}\r\n{"inputs":[{"name":"x"`;
      const socket = connect(server.port, "127.0.0.1");
      await new Promise<void>((resolve) => socket.once("connect", resolve));
      socket.on("error", () => undefined);
      await new Promise<void>((resolve) => {
        socket.write(whole.slice(0, random.whole(1, whole.length)), () => {
          socket.once("close", resolve);
          socket.destroy();
        });
      });
    }
    await inferWell();
    assert.equal(server.ending(), undefined);
  });
});
