import { ApiError } from "../../errors.ts";
import type { Json } from "../workflow.ts";

/** Items of one map at most: each is recorded by itself in the journal of its map. */
export const maximumItems = 50_000;

/**
 * Every combination of a matrix's values as an object `{NAME: value}`, in the order of nested loops: the last name
 * changes fastest. Without names there is one combination, the empty one; with an empty list there is none.
 * @throws ApiError `too-many-items` (422)
 */
export function expandMatrix(matrix: Record<string, Json[]>): Record<string, Json>[] {
  const axes = Object.entries(matrix);
  checkItemCount(
    axes.reduce((count, [, values]) => count * values.length, 1),
    "the matrix",
  );
  return axes.reduce<Record<string, Json>[]>(
    (combinations, [name, values]) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );
}

/** @throws ApiError `too-many-items` (422) */
export function checkItemCount(count: number, what: string): void {
  if (count <= maximumItems) return;
  throw new ApiError(
    `${what} has ${count} items, at most ${maximumItems} are allowed in one map: map over pages of it, each with a workflow task`,
    { status: 422, code: "too-many-items" },
  );
}
