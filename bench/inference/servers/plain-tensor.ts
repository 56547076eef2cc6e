import { type BenchModel, shapeOf } from "../models/bench-model.ts";
import type { Encoding } from "../row.ts";
import type { RunningServer } from "./server.ts";
import { littleEndian, numbersOf } from "./tensor-bytes.ts";

/** What users of a framework without a protocol write: `{"inputs": rows}`, or the bytes of the tensor and nothing else. */
export function plainTensor(
  model: BenchModel,
  encoding: Encoding,
): Pick<RunningServer, "request" | "readAnswer"> {
  const path = `/${encoding}`;
  if (encoding === "binary")
    return {
      request: {
        path,
        headers: { "content-type": "application/octet-stream" },
        body: littleEndian(model.sample),
      },
      readAnswer: (_headers, body) => numbersOf(new Float32Array(Uint8Array.from(body).buffer)),
    };
  const inputs = nested(numbersOf(model.sample), shapeOf(model.input, 1));
  return {
    request: {
      path,
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify({ inputs })),
    },
    readAnswer: (_headers, body) => JSON.parse(body.toString("utf8")).outputs.flat(Number.POSITIVE_INFINITY),
  };
}

/** Flat values as rows of rows, as the shape says. */
export function nested(values: number[], shape: number[]): unknown[] {
  const [, ...inner] = shape;
  if (inner.length === 0) return values;
  const size = inner.reduce((product, dimension) => product * dimension, 1);
  return Array.from({ length: values.length / size }, (_, index) =>
    nested(values.slice(index * size, (index + 1) * size), inner),
  );
}
