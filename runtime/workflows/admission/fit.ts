import type { Resources } from "../resources.ts";
import { countedResources, type Grant, type PoolAmounts } from "./amounts.ts";

/** A resource of which there is too little. */
export interface Shortage {
  resource: (typeof countedResources)[number] | "gpu";
  wanted: number;
  there: number;
}

/**
 * What a task gets of what is left: of each range as much as there is, no more than its maximum.
 * @param largest what one task can have at most, since it runs on one machine
 * @returns the resources of which there is less than its minimum, where there are some
 */
export function fit(
  resources: Resources,
  left: PoolAmounts,
  largest: PoolAmounts,
): { grant: Grant } | { shortages: Shortage[] } {
  const grant: Grant = {};
  const shortages: Shortage[] = [];
  for (const resource of countedResources) {
    const range = resources[resource];
    if (range === undefined) continue;
    const there = Math.min(
      left[resource] ?? Number.POSITIVE_INFINITY,
      largest[resource] ?? Number.POSITIVE_INFINITY,
    );
    if (there < range.minimum) shortages.push({ resource, wanted: range.minimum, there: Math.max(0, there) });
    else grant[resource] = Math.min(range.maximum, there);
  }
  if (resources.gpu !== undefined) {
    const { gpuType, there } = gpusFor(resources, left, largest);
    const { minimum, maximum } = resources.gpu;
    if (there < minimum) shortages.push({ resource: "gpu", wanted: minimum, there });
    else Object.assign(grant, { gpu: Math.min(maximum, there), ...(gpuType !== undefined && { gpuType }) });
  }
  return shortages.length > 0 ? { shortages } : { grant };
}

/** Of the accelerator that is asked for; of any, the one of which most is there: a task's GPUs are of one kind. */
function gpusFor({ gpuType }: Resources, left: PoolAmounts, largest: PoolAmounts) {
  const there = (type: string) => Math.max(0, Math.min(left.gpus[type] ?? 0, largest.gpus[type] ?? 0));
  if (gpuType !== undefined) return { gpuType, there: there(gpuType) };
  const [most] = Object.keys(left.gpus).sort(
    (one, other) => there(other) - there(one) || (one < other ? -1 : 1),
  );
  return { gpuType: most, there: most === undefined ? 0 : there(most) };
}
