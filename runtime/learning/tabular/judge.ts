import { ApiError } from "../../errors.ts";
import { classificationMetrics, regressionMetrics } from "./metrics.ts";
import type { RawExamples } from "./read-examples.ts";

/** Something that gives probabilities, or predictions, for rows. */
export interface Judged {
  kind: "classification" | "regression";
  classes: readonly string[];
  /** @param inputs [rows, features] @returns [rows, classes], or [rows, 1] */
  predict(inputs: Float32Array, rows: number): Promise<ArrayLike<number>>;
}

const rowsAtOnce = 256;

/** Metrics over all examples (metrics.ts). @throws ApiError `not-comparable` (422) where the model answers in another shape */
export async function judge(
  { kind, classes, predict }: Judged,
  { rows, inputs, targets }: RawExamples,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const features = inputs.length / rows;
  const width = kind === "classification" ? classes.length : 1;
  const answers = new Float64Array(rows * width);
  for (let start = 0; start < rows; start += rowsAtOnce) {
    signal.throwIfAborted();
    const count = Math.min(rowsAtOnce, rows - start);
    const part = Float32Array.from(inputs.subarray(start * features, (start + count) * features));
    const given = await predict(part, count);
    if (given.length !== count * width)
      throw new ApiError(`the model gives ${given.length} numbers for ${count} rows, not ${width} for each`, {
        status: 422,
        code: "not-comparable",
      });
    answers.set(given, start * width);
  }
  if (!Array.isArray(targets)) return regressionMetrics(answers, targets);
  const numbers = new Map(classes.map((name, index) => [name, index]));
  return classificationMetrics(
    answers,
    targets.map((name) => numbers.get(name) ?? -1),
  );
}
