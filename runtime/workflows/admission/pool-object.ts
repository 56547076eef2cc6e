import * as restate from "@restatedev/restate-sdk";
import { errorMessage } from "../../errors.ts";
import { atTime, type Clock } from "../clock.ts";
import type { WorkflowLogger } from "../task-type.ts";
import {
  ask,
  emptyPool,
  grantWaiting,
  type PoolCapacity,
  type PoolMember,
  type PoolRequest,
  type PoolState,
  remove,
} from "./pool.ts";

export const poolServiceName = "Pool";

export interface PoolServices {
  /** @throws where it cannot be read now */
  capacityOf(pool: string): Promise<PoolCapacity>;
  /** Those of the runs' keys whose Restate workflow has not ended. @throws where Restate does not tell */
  livingRuns(keys: string[]): Promise<string[]>;
  logger: WorkflowLogger;
  clock: Pick<Clock, "now">;
  /** While somebody waits, capacity and holders are looked at again so often. Default 30. */
  sweepSeconds?: number;
}

/** What a run sends. */
export interface AcquireRequest extends Omit<PoolRequest, "arrival" | "passes"> {
  /** Milliseconds since 1970, by the run's clock. */
  at: number;
}

/** What a pool keeps in Restate. */
interface StoredPool extends PoolState {
  capacity?: PoolCapacity | undefined;
  /** When it was read, by the clock of a request, in milliseconds since 1970. */
  capacityAt?: number | undefined;
  isSweepPlanned?: boolean;
}

const stateKey = "pool";
/** Each look at the capacity is a durable step and perhaps a call to the cluster: most requests do with what is known. */
const freshMilliseconds = 10_000;
const { shared } = restate.handlers.object;

/** The Restate object that grants the resources of a pool, keyed by its name: one thing at a time, and durably. */
export function createPoolObject(services: PoolServices) {
  return restate.object({
    name: poolServiceName,
    handlers: {
      acquire: async (context: restate.ObjectContext, { at, ...request }: AcquireRequest) => {
        const pool = await read(context);
        const isFresh = at - (pool.capacityAt ?? Number.NEGATIVE_INFINITY) < freshMilliseconds;
        const capacity = isFresh ? pool.capacity : await readCapacity(context, services, pool);
        settle(context, services, {
          ...pool,
          ...ask(pool, request),
          capacity,
          capacityAt: isFresh ? pool.capacityAt : at,
        });
      },
      release: async (context: restate.ObjectContext, { holder }: { holder: string }) => {
        const pool = await read(context);
        const isHolder = (member: PoolMember) => member.holder === holder;
        settle(context, services, { ...pool, ...remove(pool, isHolder) });
      },
      sweep: async (context: restate.ObjectContext) => {
        const pool = await withoutDead(context, services);
        settle(context, services, { ...pool, capacity: await readCapacity(context, services, pool) });
      },
      status: shared(
        async (context: restate.ObjectSharedContext): Promise<StoredPool | null> =>
          context.get<StoredPool>(stateKey),
      ),
    },
    options: { journalRetention: 0 },
  });
}

export type PoolObject = ReturnType<typeof createPoolObject>;

async function read(context: restate.ObjectContext): Promise<StoredPool> {
  return (await context.get<StoredPool>(stateKey)) ?? emptyPool;
}

/** Grants what can be granted, tells those who waited for it, and keeps all of it. */
function settle(context: restate.ObjectContext, services: PoolServices, pool: StoredPool): void {
  const { capacity, capacityAt } = pool;
  // Nobody has asked for anything: nothing is held.
  if (capacity === undefined) return;
  const { state, granted } = grantWaiting(pool, capacity);
  for (const { awakeable, grant } of granted) context.resolveAwakeable(awakeable, grant);
  const isSweepNeeded = state.waiting.length > 0;
  if (isSweepNeeded && pool.isSweepPlanned !== true)
    atTime(services.clock.now(), () =>
      context
        .objectSendClient<PoolObject>({ name: poolServiceName }, context.key)
        .sweep(restate.rpc.sendOpts({ delay: { seconds: services.sweepSeconds ?? 30 } })),
    );
  const { waiting, holders, nextArrival } = state;
  const isSweepPlanned = isSweepNeeded || pool.isSweepPlanned === true;
  context.set<StoredPool>(stateKey, { waiting, holders, nextArrival, capacity, capacityAt, isSweepPlanned });
}

/** What there was, while it cannot be read: better than that nobody is granted anything. */
async function readCapacity(
  context: restate.ObjectContext,
  { capacityOf, logger }: PoolServices,
  { capacity: known }: StoredPool,
): Promise<PoolCapacity> {
  const now = await context.run("capacity", async () => {
    try {
      return await capacityOf(context.key);
    } catch (error) {
      if (known === undefined) throw error;
      logger.warn({ pool: context.key, reason: errorMessage(error) }, "capacity cannot be read");
      return null;
    }
  });
  return (now ?? known) as PoolCapacity;
}

/** A run that was killed within Restate releases nothing itself: what it held is found to be nobody's here. */
async function withoutDead(context: restate.ObjectContext, services: PoolServices): Promise<StoredPool> {
  const pool = { ...(await read(context)), isSweepPlanned: false };
  const runs = [...new Set([...pool.holders, ...pool.waiting].map(({ run }) => run))];
  const living = await context.run("living", async () => {
    try {
      return await services.livingRuns(runs);
    } catch (error) {
      services.logger.warn({ pool: context.key, reason: errorMessage(error) }, "holders cannot be looked at");
      return runs;
    }
  });
  const isAlive = new Set(living);
  return { ...pool, ...remove(pool, ({ run }) => !isAlive.has(run)) };
}
