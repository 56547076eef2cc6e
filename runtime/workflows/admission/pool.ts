import type { Resources } from "../resources.ts";
import { amountsLeft, dominantShare, type Grant, type PoolAmounts } from "./amounts.ts";
import { fit, type Shortage } from "./fit.ts";
import { byPriorityShareAndRank, type GrantOrder } from "./grant-order.ts";

/** Somebody who asks a pool for resources, or holds some. */
export interface PoolMember {
  /** One execution of a task. */
  holder: string;
  /** Key of the Restate workflow that it belongs to: when that has ended, it holds nothing any more. */
  run: string;
  workflow: string;
  task: string;
}

export interface PoolRequest extends PoolMember {
  resources: Resources;
  priority: number;
  /** Of the workflow, against others. */
  share: number;
  /** When its plan starts it, in milliseconds since 1970: lower ones first, those without last. */
  rank?: number;
  /** What is resolved with the grant. */
  awakeable: string;
  /** Counts up. */
  arrival: number;
  /** How often others were given what it lacked while it was first in line. */
  passes: number;
}

export interface PoolHolder extends PoolMember {
  share: number;
  grant: Grant;
}

export interface PoolState {
  waiting: PoolRequest[];
  holders: PoolHolder[];
  nextArrival: number;
}

export const emptyPool: PoolState = { waiting: [], holders: [], nextArrival: 0 };

/** What there is for all together, and for one at most. */
export interface PoolCapacity {
  total: PoolAmounts;
  largest: PoolAmounts;
}

/**
 * So often others may be given what a request lacks, before everybody has to leave it alone: small requests keep a
 * pool busy while a large one waits, and cannot keep it waiting for ever.
 */
const maximumPasses = 16;

/** Who asks again under the same name changes nothing. */
export function ask(state: PoolState, request: Omit<PoolRequest, "arrival" | "passes">): PoolState {
  const isKnown = [...state.waiting, ...state.holders].some(({ holder }) => holder === request.holder);
  if (isKnown) return state;
  const waiting = [...state.waiting, { ...request, arrival: state.nextArrival, passes: 0 }];
  return { ...state, waiting, nextArrival: state.nextArrival + 1 };
}

/** They hold nothing and wait for nothing any more. */
export function remove(state: PoolState, isGone: (member: PoolMember) => boolean): PoolState {
  return {
    ...state,
    waiting: state.waiting.filter((member) => !isGone(member)),
    holders: state.holders.filter((member) => !isGone(member)),
  };
}

/** Grants what can be granted, in order, until nobody else fits. */
export function grantWaiting(
  state: PoolState,
  capacity: PoolCapacity,
  order: GrantOrder = byPriorityShareAndRank,
): { state: PoolState; granted: { awakeable: string; grant: Grant }[] } {
  const granted: { awakeable: string; grant: Grant }[] = [];
  let current = state;
  for (let next = grantOne(current, capacity, order); next !== undefined; ) {
    current = next.state;
    granted.push(next.granted);
    next = grantOne(current, capacity, order);
  }
  return { state: current, granted };
}

function grantOne(state: PoolState, capacity: PoolCapacity, order: GrantOrder) {
  const left = amountsLeft(
    capacity.total,
    state.holders.map(({ grant }) => grant),
  );
  const passed: { request: PoolRequest; shortages: Shortage[] }[] = [];
  for (const request of inOrder(state, capacity, order)) {
    const found = fit(request.resources, left, capacity.largest);
    if ("shortages" in found) {
      // What the pool could not give to anybody would only keep the others away.
      if ("grant" in fit(request.resources, capacity.total, capacity.largest))
        passed.push({ request, shortages: found.shortages });
      continue;
    }
    const hindered = passed.filter(({ shortages }) => takesOf(request.resources, shortages));
    if (hindered.some((one) => one.request.passes >= maximumPasses)) continue;
    const isHindered = (other: PoolRequest) => hindered.some((one) => one.request === other);
    const { holder, run, workflow, task, share, awakeable } = request;
    return {
      granted: { awakeable, grant: found.grant },
      state: {
        ...state,
        waiting: state.waiting
          .filter((other) => other !== request)
          .map((other) => (isHindered(other) ? { ...other, passes: other.passes + 1 } : other)),
        holders: [...state.holders, { holder, run, workflow, task, share, grant: found.grant }],
      },
    };
  }
  return undefined;
}

function inOrder({ waiting, holders }: PoolState, { total }: PoolCapacity, order: GrantOrder): PoolRequest[] {
  const held = new Map<string, number>();
  const heldBy = ({ workflow, share }: PoolRequest): number => {
    const known = held.get(workflow);
    if (known !== undefined) return known;
    const grants = holders.filter((holder) => holder.workflow === workflow).map(({ grant }) => grant);
    held.set(workflow, dominantShare(total, grants) / share);
    return held.get(workflow) as number;
  };
  return waiting
    .map((request) => ({ request, held: heldBy(request) }))
    .sort(order)
    .map(({ request }) => request);
}

function takesOf(resources: Resources, shortages: Shortage[]): boolean {
  return shortages.some(({ resource }) => (resources[resource]?.maximum ?? 0) > 0);
}
