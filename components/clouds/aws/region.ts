import { regions } from "../../../pricing/machine-types.ts";
import { nearestName } from "../../../runtime/nearest-name.ts";

/** Why the stack cannot be in that region, or undefined. */
export function regionProblem(region: string | undefined): string | undefined {
  const known = regions("aws");
  if (region === undefined) return `skyloom:region: is not set; on aws it is one of ${known.join(", ")}`;
  if (known.includes(region)) return undefined;
  const nearest = nearestName(region, known);
  const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  return `skyloom:region: aws region "${region}" is not in the price table${hint}. There are ${known.join(", ")}`.replace(
    "?.",
    "?",
  );
}
