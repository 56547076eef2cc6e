import type { Range } from "../monthly-cost.ts";
import type { CostEstimate, CostItem } from "./cost-estimate.ts";
import { totalOf } from "./estimate-stack.ts";

/** What a resource costs before and after a change. */
export interface ResourceDifference {
  urn: string;
  name: string;
  type: string;
  change: "added" | "removed" | "changed";
  before: Range;
  after: Range;
  /** What is billed now and was not, or was billed otherwise, before; e.g. another machine type. */
  nowBilled: string[];
  noLongerBilled: string[];
  /** Items without an amount, on either side: they are in neither. */
  unknown: string[];
}

export interface EstimateDifference {
  before: Range;
  after: Range;
  /** After less before, of what is known. */
  change: Range;
  /** Only resources that cost something else, or bill something else, than before; the largest change first. */
  resources: ResourceDifference[];
}

/** The cost difference between two estimates of a stack. */
export function compareEstimates(before: CostEstimate, after: CostEstimate): EstimateDifference {
  const earlier = Map.groupBy(before.items, ({ urn }) => urn);
  const later = Map.groupBy(after.items, ({ urn }) => urn);
  const resources = [...new Set([...earlier.keys(), ...later.keys()])]
    .map((urn) => difference(earlier.get(urn) ?? [], later.get(urn) ?? []))
    .filter((each) => each !== undefined)
    .toSorted((left, right) => size(right) - size(left) || left.name.localeCompare(right.name, "en"));
  return { before: before.total, after: after.total, change: less(after.total, before.total), resources };
}

/** After less before. */
export function less(after: Range, before: Range): Range {
  return {
    minimum: after.minimum - before.minimum,
    expected: after.expected - before.expected,
    maximum: after.maximum - before.maximum,
  };
}

function difference(before: CostItem[], after: CostItem[]): ResourceDifference | undefined {
  const item = after[0] ?? before[0];
  const [was, is] = [before.map(description), after.map(description)];
  const [cost, nowCost] = [totalOf(before), totalOf(after)];
  const billedAlike = was.length === is.length && was.every((what) => is.includes(what));
  if (item === undefined || (billedAlike && isNothing(less(nowCost, cost)))) return undefined;
  const unknown = [...before, ...after].filter(({ monthlyUsd }) => monthlyUsd === "unknown");
  return {
    urn: item.urn,
    name: item.name,
    type: item.type,
    change: before.length === 0 ? "added" : after.length === 0 ? "removed" : "changed",
    before: cost,
    after: nowCost,
    nowBilled: is.filter((what) => !was.includes(what)),
    noLongerBilled: was.filter((what) => !is.includes(what)),
    unknown: [...new Set(unknown.map(({ what }) => what))],
  };
}

function description({ what, monthlyUsd }: CostItem): string {
  return monthlyUsd === "unknown" ? `${what} (unknown)` : what;
}

/** Sums of the same numbers in another order may differ in the last digit. */
function isNothing({ minimum, expected, maximum }: Range): boolean {
  return [minimum, expected, maximum].every((amount) => Math.abs(amount) < 1e-6);
}

function size({ before, after }: ResourceDifference): number {
  const change = less(after, before);
  return Math.abs(change.expected) * 1e6 + Math.abs(change.maximum);
}
