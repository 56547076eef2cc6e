import type { Problem } from "../../errors.ts";
import type { TensorMetadata } from "../inference.ts";
import { describeValue } from "./values.ts";

/** The model's tensor of that name, which no other tensor of the request may have; adds to `seen`. */
export function findByName(
  name: unknown,
  known: TensorMetadata[],
  seen: Set<string>,
  { path, kind }: { path: string; kind: string },
  problems: Problem[],
): TensorMetadata | undefined {
  const metadata = known.find((candidate) => candidate.name === name);
  if (metadata === undefined) {
    const names = known.map((candidate) => JSON.stringify(candidate.name)).join(", ");
    problems.push({ path, message: `${describeValue(name)} is no ${kind} of the model; it has ${names}` });
    return undefined;
  }
  if (seen.has(metadata.name)) problems.push({ path, message: `${describeValue(name)} is given twice` });
  seen.add(metadata.name);
  return metadata;
}
