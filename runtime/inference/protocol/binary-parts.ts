import type { Problem } from "../../errors.ts";
import { asObject, describeValue } from "./values.ts";

/** An input's bytes; "wrong" where it could not be told which they are. */
export type BinaryPart = Uint8Array | "wrong";

/**
 * Cuts what followed the JSON into the tensors that say a `binary_data_size`, in their order. The sizes must make up
 * all of the data.
 * @returns by the input's place in `inputs`; those that came as JSON have none
 */
export function cutBinaryData(
  inputs: unknown[],
  binaryData: Uint8Array | undefined,
  problems: Problem[],
): Map<number, BinaryPart> {
  const parts = new Map<number, BinaryPart>();
  let offset = 0;
  let isWrong = false;
  inputs.forEach((item, index) => {
    const input = asObject(item);
    const size = asObject(input?.parameters)?.binary_data_size;
    if (size === undefined) return;
    const path = `inputs[${index}].parameters.binary_data_size`;
    const message = sizeProblem(size, input?.data, binaryData);
    if (message !== undefined) {
      problems.push({ path, message });
      isWrong = true;
    }
    parts.set(
      index,
      isWrong || binaryData === undefined ? "wrong" : binaryData.subarray(offset, offset + Number(size)),
    );
    offset += Number(size);
  });
  if (isWrong || binaryData === undefined || offset === binaryData.length) return parts;
  problems.push({
    path: "inputs",
    message: `all binary_data_size together are ${offset} bytes, ${binaryData.length} bytes follow the JSON`,
  });
  for (const index of parts.keys()) parts.set(index, "wrong");
  return parts;
}

function sizeProblem(size: unknown, data: unknown, binaryData: Uint8Array | undefined): string | undefined {
  if (!Number.isSafeInteger(size) || Number(size) < 0)
    return `must be a whole number of at least 0, not ${describeValue(size)}`;
  if (data !== undefined) return "must not be given together with data";
  if (binaryData === undefined)
    return "needs the header Inference-Header-Content-Length: the bytes of the JSON, which the tensor follows";
  return undefined;
}
