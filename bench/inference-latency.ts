import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import type { Datatype, InferRequest, ModelMetadata } from "../runtime/inference/inference.ts";

/*
 * Latency of POST /v2/models/MODEL/infer: one request after the other over one kept connection, from the first byte
 * sent to the last byte read. The input has the shape that the model's metadata says, open dimensions are 1.
 *
 *   node bench/inference-latency.ts --url http://127.0.0.1:8080 --model fault-detector --requests 2000 --json
 *
 * SKYLOOM_TOKEN, where set, goes along as the bearer token.
 */
const warmUpRequests = 100;

const { values: options } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8080" },
    model: { type: "string" },
    requests: { type: "string", default: "1000" },
    json: { type: "boolean", default: false },
  },
});

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
} finally {
  agent.destroy();
}

async function main(): Promise<void> {
  const requests = Number(options.requests);
  if (options.model === undefined) throw new Error("--model is missing: the name of a model that is served");
  if (!Number.isInteger(requests) || requests < 1)
    throw new Error("--requests must be a whole number from 1");
  const path = `/v2/models/${encodeURIComponent(options.model)}`;
  const metadata = JSON.parse(await send("GET", path)) as ModelMetadata;
  const body = JSON.stringify(requestFor(metadata));
  for (let count = 0; count < warmUpRequests; count += 1) await send("POST", `${path}/infer`, body);
  const milliseconds: number[] = [];
  const started = performance.now();
  for (let count = 0; count < requests; count += 1) {
    const begun = performance.now();
    await send("POST", `${path}/infer`, body);
    milliseconds.push(performance.now() - begun);
  }
  report({
    model: options.model,
    requests,
    requestBytes: Buffer.byteLength(body),
    ...percentiles(milliseconds),
    requestsPerSecond: round((requests * 1000) / (performance.now() - started)),
  });
}

async function send(method: string, path: string, body = ""): Promise<string> {
  const token = process.env.SKYLOOM_TOKEN;
  const sent = request(new URL(path, options.url), {
    method,
    agent,
    headers: {
      "Content-Length": Buffer.byteLength(body),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
  });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const answer = await text(response);
  if (response.statusCode !== 200)
    throw new Error(`${method} ${path}: status ${response.statusCode}: ${answer}`);
  return answer;
}

function requestFor({ inputs }: ModelMetadata): InferRequest {
  return {
    inputs: inputs.map(({ name, datatype, shape }) => {
      const sizes = shape.map((size) => (size === -1 ? 1 : size));
      const count = sizes.reduce((product, size) => product * size, 1);
      return { name, datatype, shape: sizes, data: new Array(count).fill(sampleOf(datatype)) };
    }),
  };
}

function sampleOf(datatype: Datatype): unknown {
  if (datatype === "BOOL") return true;
  if (datatype === "BYTES") return "connection to the database timed out after 30 s, 12 requests failed";
  return datatype.startsWith("FP") ? 0.123456789 : 1;
}

function percentiles(milliseconds: number[]) {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return {
    medianMilliseconds: at(0.5),
    p95Milliseconds: at(0.95),
    p99Milliseconds: at(0.99),
    maximumMilliseconds: at(1),
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function report(figures: Record<string, string | number>): void {
  if (options.json) console.log(JSON.stringify(figures));
  else for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(20)} ${value}`);
}
