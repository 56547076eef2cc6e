import type { EstimateInput } from "./cost-estimate.ts";
import { plainType } from "./create-description.ts";
import { type Amount, type AmountKey, always, type Context, isNotKnown } from "./meter.ts";
import { read } from "./read-property.ts";
import { type Usage, useOf } from "./usage.ts";

/** @param nodesOfPools the nodes of each pool of the stack. */
export function createContext(
  resources: readonly EstimateInput[],
  usage: Usage | undefined,
  nodesOfPools: () => readonly Amount[],
): Context {
  const byType = Map.groupBy(resources, ({ type }) => plainType(type));
  return {
    use: (resource, key) => useOf(usage, resource, key) ?? notTold(key),
    find: (type, reference, from) => findResource(byType.get(type) ?? [], reference, from),
    all: (type) => byType.get(type) ?? [],
    nodes: () => sum(nodesOfPools()),
  };
}

function notTold(key: AmountKey): Amount {
  return { unknown: "depends on use", why: `${key} in a usage file tells it` };
}

function findResource(
  candidates: readonly EstimateInput[],
  reference: unknown,
  from: EstimateInput,
): EstimateInput | undefined {
  const named = candidates.filter(({ id, properties }) =>
    [id, ...["id", "name", "arn", "latestVersion"].map((key) => read(properties, key))].some(
      (value) => typeof value === "string" && value !== "" && value === reference,
    ),
  );
  if (named[0] !== undefined) return named[0];
  const before = candidates.filter(({ urn }) => from.dependencies?.includes(urn));
  const possible = before.length > 0 ? before : candidates;
  return possible.length === 1 ? possible[0] : undefined;
}

function sum(amounts: readonly Amount[]): Amount {
  return amounts.reduce<Amount>((total, each) => {
    if (isNotKnown(total)) return total;
    if (isNotKnown(each)) return each;
    return {
      minimum: total.minimum + each.minimum,
      expected: total.expected + each.expected,
      maximum: total.maximum + each.maximum,
    };
  }, always(0));
}
