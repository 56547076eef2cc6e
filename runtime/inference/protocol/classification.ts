import type { Tensor } from "../datatypes.ts";
import { fromHalfPrecision, toHalfPrecision } from "../half-precision.ts";

/** Up to so many classes are kept by insertion, which is quicker than to sort all of a row. */
const maximumInserted = 64;

/**
 * The classification extension: of each row the `count` highest scores, best first, each as the text
 * `SCORE:INDEX` or, where the model has labels, `SCORE:INDEX:LABEL`. The result is BYTES of shape [rows, count], or
 * [count] for an output without a batch; equal scores keep their order, those that are no number come last.
 */
export function classify(
  output: Tensor,
  count: number,
  isBatched: boolean,
  labels: string[] | undefined,
): Tensor {
  const { name, shape, data } = output;
  const hasRows = isBatched && shape.length > 1;
  const rows = hasRows ? (shape[0] as number) : 1;
  const rowLength = data.length / Math.max(1, rows);
  const kept = Math.min(count, rowLength);
  const texts: string[] = [];
  for (let row = 0; row < rows; row += 1)
    for (const index of bestOf(output, row * rowLength, rowLength, kept)) {
      // Labels name the last dimension; a row may have more.
      const label = labels?.[index % labels.length];
      const score = scoreText(output, row * rowLength + index);
      texts.push(label === undefined ? `${score}:${index}` : `${score}:${index}:${label}`);
    }
  return { name, datatype: "BYTES", shape: hasRows ? [rows, kept] : [kept], data: texts };
}

/** Places of the highest scores within a row, best first. */
export function bestOf(output: Tensor, start: number, length: number, count: number): number[] {
  const scores = Array.from({ length }, (_, index) => comparable(output, start + index));
  const isBetter = (first: number, second: number) => {
    const [a, b] = [scores[first] as number, scores[second] as number];
    return a === b ? first < second : a > b;
  };
  if (count > maximumInserted)
    return scores
      .map((_, index) => index)
      .sort((first, second) => (isBetter(first, second) ? -1 : 1))
      .slice(0, count);
  const best: number[] = [];
  for (let index = 0; index < length; index += 1) {
    if (best.length === count && !isBetter(index, best[count - 1] as number)) continue;
    let place = best.length;
    while (place > 0 && isBetter(index, best[place - 1] as number)) place -= 1;
    best.splice(place, 0, index);
    if (best.length > count) best.pop();
  }
  return best;
}

/** In the output's own datatype, so that whole numbers beyond 2^53 keep their order. */
function comparable({ datatype, data }: Tensor, index: number): number | bigint {
  const value = data[index] as number | bigint;
  const score = datatype === "FP16" ? fromHalfPrecision(Number(value)) : value;
  return Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score;
}

/** The shortest text that reads back as the same number of the output's precision. */
function scoreText({ datatype, data }: Tensor, index: number): string {
  const value = data[index] as number | bigint;
  if (datatype === "FP16") return shortest(fromHalfPrecision(Number(value)), 5, toHalf);
  if (datatype === "FP32") return shortest(Number(value), 9, Math.fround);
  return String(value);
}

const toHalf = (value: number) => fromHalfPrecision(toHalfPrecision(value));

function shortest(value: number, maximumDigits: number, round: (value: number) => number): string {
  for (let digits = 1; digits < maximumDigits; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (round(candidate) === value) return String(candidate);
  }
  return String(Number(value.toPrecision(maximumDigits)));
}
