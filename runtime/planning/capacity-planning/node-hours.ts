import type { PlanAnswer } from "../answer/plan-answer.ts";
import type { Offer } from "./capacity-request.ts";

const daySeconds = 86_400;

export interface NodeHoursOptions {
  startSeconds: number;
  idleSeconds: number;
}

/** Seconds of one run in which at least one node, two nodes … of a pool are busy, and what is held on average. */
export interface PoolUse {
  /** Seconds that all nodes together are billed for one run, with starting and idling. */
  billedSeconds: number;
  /** Σ nodes × seconds that tasks hold of the scarcest resource. */
  heldSeconds: number;
}

/** What a run uses of a pool, by its plan; nodes are filled one after the other. */
export function poolUse(plan: PlanAnswer, group: string, offer: Offer, options: NodeHoursOptions): PoolUse {
  const sizes: Record<string, number> = {
    [`${group}/cores`]: offer.vcpus,
    [`${group}/gibibytes`]: offer.memoryGib,
    [`${group}/gpus`]: offer.acceleratorCount,
  };
  const usages = plan.resources.filter(({ name }) => name in sizes);
  const cuts = [...new Set(usages.flatMap(({ usage }) => usage.flatMap(({ from, to }) => [from, to])))];
  const times = cuts.sort((left, right) => left - right);
  const shares = times.slice(0, -1).map((time) =>
    Math.max(
      ...usages.map(({ name, usage }) => {
        const used = usage.find(({ from, to }) => from <= time && time < to)?.used ?? 0;
        return used / (sizes[name] as number);
      }),
    ),
  );
  const heldSeconds = shares.reduce((sum, share, at) => sum + share * lengthAt(times, at), 0);
  return { billedSeconds: billed(times, shares, options), heldSeconds };
}

function lengthAt(times: readonly number[], at: number): number {
  return (times[at + 1] as number) - (times[at] as number);
}

/** Of each node: its busy times, with its start before and its idling after; what overlaps is one time. */
function billed(
  times: readonly number[],
  shares: readonly number[],
  { startSeconds, idleSeconds }: NodeHoursOptions,
): number {
  const nodes = shares.map((share) => Math.ceil(share - 1e-9));
  let seconds = 0;
  for (let node = 1; node <= Math.max(0, ...nodes); node++) {
    let until = Number.NEGATIVE_INFINITY;
    for (const [at, count] of nodes.entries()) {
      if (count < node) continue;
      const from = times[at] as number;
      const to = (times[at + 1] as number) + idleSeconds;
      // Still there from before: only the time since then is new.
      seconds += from <= until ? to - until : to - from + startSeconds;
      until = to;
    }
  }
  return seconds;
}

/** Hours a day that a pool's nodes are billed: of all its runs, but no more than day and night. */
export function nodeHoursPerDay(billedSecondsPerDay: number, nodes: number, scaleToZero: boolean): number {
  const always = (nodes * daySeconds) / 3600;
  return scaleToZero ? Math.min(always, billedSecondsPerDay / 3600) : always;
}

/** What tasks hold a day of what all nodes have. */
export function utilisation(heldSecondsPerDay: number, nodes: number): number {
  return heldSecondsPerDay / (nodes * daySeconds);
}
