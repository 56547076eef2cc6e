import { ApiError } from "../../errors.ts";
import type { Json } from "../workflow.ts";

export type GroupKey = string | number | boolean | null;

export interface Group {
  key: GroupKey;
  values: Json[];
}

/**
 * Values by key; groups in the order in which their keys first come, values in their own.
 * @throws ApiError `invalid-group-key` (422) where a key is a list or an object
 */
export function groupByKey(entries: { key: Json; value: Json }[]): Group[] {
  const groups = new Map<GroupKey, Group>();
  for (const [index, { key, value }] of entries.entries()) {
    if (typeof key === "object" && key !== null)
      throw new ApiError(
        `groupBy gives ${JSON.stringify(key).slice(0, 100)} for item ${index}; it must give text, a number, true, false or null`,
        { status: 422, code: "invalid-group-key" },
      );
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { key, values: [value] });
    else group.values.push(value);
  }
  return [...groups.values()];
}
