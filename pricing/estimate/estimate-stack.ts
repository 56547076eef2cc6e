import type { Range } from "../monthly-cost.ts";
import { createContext } from "./context.ts";
import {
  type CostEstimate,
  type CostItem,
  type EstimateInput,
  type EstimateOptions,
  parts,
} from "./cost-estimate.ts";
import { cloudOfType, createDescription, plainType } from "./create-description.ts";
import { kubernetesMeters, whyOpaque } from "./kubernetes/describe-kubernetes.ts";
import type { Context, Meter, NodePool } from "./meter.ts";
import { isAccelerated, type PoolNodes, poolMeters, poolNodes } from "./node-pool.ts";
import { type Place, placeOf, placeOfStack } from "./place.ts";
import { priceMeter } from "./price-meter.ts";

/** Packages whose resources only exist in the program or in files. */
const withoutCost = /^(pulumi|skyloom|docker-build|docker|random|tls|command|time|null|local|std|archive):/;

/**
 * What a stack costs in a month, by the price tables. Pure: nothing is asked of any cloud. A price, a use or a value
 * that is not known makes its item unknown, never 0.
 */
export function estimateStack(
  resources: readonly EstimateInput[],
  options: EstimateOptions = {},
): CostEstimate {
  const stack = placeOfStack(resources, options);
  const pools = new Map<EstimateInput, PoolWithNodes[]>();
  const context = createContext(resources, options.usage, () =>
    [...pools.values()].flat().map(({ nodes }) => nodes.amount),
  );
  for (const resource of resources) pools.set(resource, poolsOf(resource, context, options));
  const estimate: CostEstimate = {
    ...stack,
    items: [],
    total: { minimum: 0, expected: 0, maximum: 0 },
    unknown: [],
    free: [],
    notPriced: [],
    unusedUsage: unusedUsage(resources, options),
  };
  for (const resource of resources) add(resource, metersOf(resource, context, stack, pools), stack, estimate);
  estimate.items.sort((left, right) => parts.indexOf(left.part) - parts.indexOf(right.part));
  estimate.unknown = estimate.items.filter(({ monthlyUsd }) => monthlyUsd === "unknown");
  return { ...estimate, total: totalOf(estimate.items) };
}

/** The sum of what is known. */
export function totalOf(items: readonly CostItem[]): Range {
  const sum = (bound: keyof Range) =>
    items.reduce((total, { monthlyUsd }) => total + (monthlyUsd === "unknown" ? 0 : monthlyUsd[bound]), 0);
  return { minimum: sum("minimum"), expected: sum("expected"), maximum: sum("maximum") };
}

interface PoolWithNodes {
  pool: NodePool;
  nodes: PoolNodes;
  accelerated: boolean;
}

function describer(type: string) {
  const cloud = cloudOfType(type);
  if (cloud === undefined) return undefined;
  return createDescription(cloud).describers[plainType(type)];
}

function poolsOf(resource: EstimateInput, context: Context, { usage }: EstimateOptions): PoolWithNodes[] {
  const cloud = cloudOfType(resource.type);
  const pools = describer(resource.type)?.pools?.(resource, context) ?? [];
  return pools.map((pool) => {
    const accelerated = cloud !== undefined && isAccelerated(pool, cloud);
    return { pool, accelerated, nodes: poolNodes(pool, resource, accelerated, usage) };
  });
}

/** Undefined: it is not known what the resource bills. */
function metersOf(
  resource: EstimateInput,
  context: Context,
  stack: Place,
  pools: ReadonlyMap<EstimateInput, PoolWithNodes[]>,
): Meter[] | undefined {
  const { type } = resource;
  if (type.startsWith("kubernetes:")) {
    if (whyOpaque(type) !== undefined) return undefined;
    return stack.cloud === undefined ? [] : kubernetesMeters(resource, createDescription(stack.cloud));
  }
  const described = describer(type);
  if (described === undefined) return isFree(type) ? [] : undefined;
  return [
    ...(pools.get(resource) ?? []).flatMap(({ pool, nodes, accelerated }) =>
      poolMeters(pool, nodes, accelerated),
    ),
    ...(described.meters?.(resource, context) ?? []),
  ];
}

function isFree(type: string): boolean {
  const cloud = cloudOfType(type);
  if (cloud === undefined) return withoutCost.test(type);
  return createDescription(cloud).isFree(plainType(type));
}

function add(
  resource: EstimateInput,
  meters: Meter[] | undefined,
  stack: Place,
  { items, free, notPriced }: CostEstimate,
): void {
  const { urn, name, type } = resource;
  if (meters === undefined) {
    const known = notPriced.find((each) => each.type === type);
    if (known) known.names.push(name);
    else
      notPriced.push({
        type,
        names: [name],
        why: whyOpaque(type) ?? "the price tables don't know this type",
      });
    return;
  }
  if (meters.length === 0) {
    free.push({ urn, name, type });
    return;
  }
  const { cloud, region } = placeOf(resource, stack);
  if (cloud === undefined) return;
  items.push(...meters.map((meter) => priceMeter(meter, resource, cloud, region ?? "an unknown region")));
}

function unusedUsage(resources: readonly EstimateInput[], { usage }: EstimateOptions): string[] {
  const known = new Set(resources.flatMap(({ urn, name }) => [urn, name]));
  return Object.keys(usage?.resources ?? {}).filter((name) => !known.has(name));
}
