import type { BenchModel } from "./models/bench-model.ts";
import { feedsOf, openSession } from "./models/one-thread.ts";
import type { RunningServer } from "./servers/server.ts";

/** Kernels differ between processors and versions of ONNX Runtime in the last digits. */
const TOLERANCE = 1e-4;

/** What the model makes of its sample, by ONNX Runtime in this process. */
export async function expectedOutput(model: BenchModel): Promise<number[]> {
  const session = await openSession(model.onnx);
  try {
    const results = await session.run(feedsOf(model, 1));
    return Array.from(results[model.output.name]?.data as Float32Array);
  } finally {
    await session.release();
  }
}

/**
 * Sends the sample once and compares.
 * @returns why the server does not do this at all (501), or undefined
 * @throws Error for any other answer than the expected output
 */
export async function checkAnswer(server: RunningServer, expected: number[]): Promise<string | undefined> {
  const { url, request, readAnswer, program } = server;
  const response = await fetch(`${url}${request.path}`, {
    method: "POST",
    headers: request.headers,
    body: Uint8Array.from(request.body),
  });
  const body = Buffer.from(await response.arrayBuffer());
  const text = () => body.toString("utf8").slice(0, 300);
  if (response.status === 501) return text();
  if (response.status !== 200)
    throw new Error(`${program.name} answers the sample with status ${response.status}: ${text()}`);
  const problem = difference(readAnswer(response.headers, body), expected);
  if (problem !== undefined) throw new Error(`${program.name} answers the sample wrongly: ${problem}`);
  return undefined;
}

/** What is wrong with the numbers, or undefined. */
export function difference(actual: number[], expected: number[]): string | undefined {
  if (actual.length !== expected.length)
    return `it has ${actual.length} numbers, expected are ${expected.length}`;
  const scale = Math.max(1, ...expected.map(Math.abs));
  const place = expected.findIndex((value, index) => {
    const distance = Math.abs((actual[index] ?? Number.NaN) - value);
    return !(distance <= TOLERANCE * scale);
  });
  return place < 0 ? undefined : `number ${place} is ${actual[place]}, expected is ${expected[place]}`;
}
