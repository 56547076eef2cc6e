import { invalidInput, type Problem } from "../../errors.ts";
import type { Tensor } from "../datatypes.ts";

/** Each element becomes a row of zeros with a 1 at the place of its category. */
export interface OneHot {
  type: "one-hot";
  /** Name of the external input: BYTES or whole numbers. */
  input: string;
  /** Name of the model's own input: FP32 with one more dimension at the end, as long as there are categories. */
  output: string;
  /** In the order of training. */
  categories: (string | number)[];
  /** What is none of the categories: refused (400), or zeros only. Default `reject`. */
  unknown?: "reject" | "zeros" | undefined;
}

/** Told of one input. */
const maximumProblems = 20;

/** @throws ApiError `invalid-request` (400) with the elements that are none of the categories, where they are refused */
export function oneHot(input: Tensor, { output, categories, unknown = "reject" }: OneHot): Tensor {
  const places = new Map(categories.map((category, place) => [String(category), place]));
  const data = new Float32Array(input.data.length * categories.length);
  const problems: Problem[] = [];
  for (let index = 0; index < input.data.length; index += 1) {
    const value = String(input.data[index]);
    const place = places.get(value);
    if (place !== undefined) data[index * categories.length + place] = 1;
    else if (unknown === "reject" && problems.length < maximumProblems)
      problems.push({
        path: `inputs.${input.name}[${index}]`,
        message: `must be one of ${categories.slice(0, 20).join(", ")}${categories.length > 20 ? ", …" : ""}, not ${JSON.stringify(value.slice(0, 40))}`,
      });
  }
  if (problems.length > 0) throw invalidInput("invalid-request", problems, "request");
  return { name: output, datatype: "FP32", shape: [...input.shape, categories.length], data };
}
