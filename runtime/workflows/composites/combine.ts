import { ApiError } from "../../errors.ts";
import type { Json } from "../workflow.ts";

type Combination = (values: Json[]) => Json;

/**
 * How a reduce makes one value of many; each sees the values in their order. The empty list gives 0 for count and
 * sum, an empty list for list, and null for the others.
 */
const combinations = {
  /** Of numbers; of objects of numbers key by key, so that counts by word or by label add up. */
  sum,
  count: (values) => values.length,
  /** Of numbers, or of texts in the order of their characters' codes. */
  min: (values) => extreme(values, "min"),
  max: (values) => extreme(values, "max"),
  /** Of numbers. */
  mean: (values) => {
    if (values.length === 0) return null;
    return values.map((value) => numberOf(value, "mean")).reduce((a, b) => a + b, 0) / values.length;
  },
  list: (values) => values,
  /** Of objects: a later one's members win. Of lists: one after the other. */
  merge,
} satisfies Record<string, Combination>;

export type CombinationName = keyof typeof combinations;

export const combinationNames = Object.keys(combinations) as [CombinationName, ...CombinationName[]];

/** @throws ApiError `cannot-combine` (422) where the values do not suit */
export function combine(name: CombinationName, values: Json[]): Json {
  return combinations[name](values);
}

function sum(values: Json[]): Json {
  if (!values.some(isObject)) return values.map((value) => numberOf(value, "sum")).reduce((a, b) => a + b, 0);
  const byKey = new Map<string, Json[]>();
  for (const value of values) {
    if (!isObject(value)) throw cannotCombine("sum", "numbers only or objects of numbers only", value);
    for (const [key, member] of Object.entries(value)) {
      const members = byKey.get(key);
      if (members === undefined) byKey.set(key, [member]);
      else members.push(member);
    }
  }
  return Object.fromEntries([...byKey].map(([key, members]) => [key, sum(members)]));
}

function extreme(values: Json[], name: "min" | "max"): Json {
  const [first] = values;
  if (first === undefined) return null;
  const kind = typeof first;
  const unsuitable = values.find((value) => typeof value !== kind || !["number", "string"].includes(kind));
  if (unsuitable !== undefined || first === null)
    throw cannotCombine(name, "numbers only or texts only", unsuitable ?? null);
  return (values as (number | string)[]).reduce((a, b) => (name === "min" ? (b < a ? b : a) : b > a ? b : a));
}

function merge(values: Json[]): Json {
  const [first] = values;
  if (first === undefined) return null;
  if (Array.isArray(first)) {
    const other = values.find((value) => !Array.isArray(value));
    if (other !== undefined) throw cannotCombine("merge", "objects only or lists only", other);
    return values.flat(1);
  }
  const other = values.find((value) => !isObject(value));
  if (other !== undefined) throw cannotCombine("merge", "objects only or lists only", other);
  return Object.fromEntries(values.flatMap((value) => Object.entries(value as object)));
}

function numberOf(value: Json, name: string): number {
  if (typeof value === "number") return value;
  throw cannotCombine(name, name === "sum" ? "numbers, or objects of numbers" : "numbers", value);
}

function cannotCombine(name: string, wanted: string, value: Json): ApiError {
  const shown = JSON.stringify(value);
  return new ApiError(
    `combine: ${name} takes ${wanted}, not ${shown.length > 100 ? `${shown.slice(0, 100)}…` : shown}; \`value\` names what of an item is combined`,
    { status: 422, code: "cannot-combine" },
  );
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
