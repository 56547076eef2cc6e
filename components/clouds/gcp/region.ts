import { regions } from "../../../pricing/machine-types.ts";

/** Why the stack cannot be in that region, or undefined. */
export function regionProblem(region: string | undefined): string | undefined {
  const known = regions("gcp");
  if (region === undefined) return `skyloom:region: is not set; on gcp it is one of ${known.join(", ")}`;
  if (known.includes(region)) return undefined;
  return `skyloom:region: gcp region "${region}" is not in the price table; there are ${known.join(", ")}`;
}
