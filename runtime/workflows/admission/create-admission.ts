import type { CapacitySource } from "../../capacity/capacity-source.ts";
import { createMachineCapacity } from "../../capacity/machine-capacity.ts";
import type { Clock } from "../clock.ts";
import type { WorkflowLogger } from "../task-type.ts";
import type { Workflow } from "../workflow.ts";
import type { PoolAmounts } from "./amounts.ts";
import { defaultPool } from "./declared-pools.ts";
import { livingRuns } from "./living-runs.ts";
import type { PoolCapacity, PoolHolder, PoolRequest, PoolState } from "./pool.ts";
import { createPoolObject, type PoolObject } from "./pool-object.ts";
import { createPools } from "./pools.ts";

export interface AdmissionSettings {
  /** What pools have, where a person said so. Default: what `capacity` tells, for the default pool. */
  declaredPools?: ReadonlyMap<string, PoolAmounts> | undefined;
  /** What the default pool has. Default: what this machine has. */
  capacity?: CapacitySource | undefined;
  /** While somebody waits, capacity and holders are looked at again so often. Default 30. */
  sweepSeconds?: number | undefined;
}

export interface AdmissionOptions extends AdmissionSettings {
  restateAdmin: string;
  logger: WorkflowLogger;
  clock: Pick<Clock, "now">;
  /** What a pool keeps in Restate; null where nobody asked it yet. */
  readPool(name: string): Promise<PoolState | null>;
}

export interface PoolStatus extends PoolCapacity {
  name: string;
  holders: Pick<PoolHolder, "run" | "workflow" | "task" | "grant">[];
  /** In the order in which they came. */
  waiting: Pick<PoolRequest, "run" | "workflow" | "task" | "resources" | "priority" | "rank">[];
}

/** Grants tasks the resources that they declare, of pools that all runs share. */
export interface Admission {
  readonly service: PoolObject;
  /** @throws ApiError `not-enough-capacity` (422), `capacity-unavailable` (503) */
  checkNeeds(workflow: Workflow): Promise<void>;
  /** Of the default pool. @throws ApiError `capacity-unavailable` (503) */
  capacity(): Promise<PoolCapacity>;
  /** @throws ApiError `workflow-engine-unavailable`, `capacity-unavailable` (503) */
  pools(): Promise<PoolStatus[]>;
}

export function createAdmission(options: AdmissionOptions): Admission {
  const { declaredPools = new Map(), capacity = createMachineCapacity(), logger, sweepSeconds } = options;
  const pools = createPools(declaredPools, capacity);
  return {
    service: createPoolObject({
      capacityOf: (pool) => pools.capacityOf(pool),
      livingRuns: (keys) => livingRuns(options.restateAdmin, keys),
      logger,
      clock: options.clock,
      ...(sweepSeconds !== undefined && { sweepSeconds }),
    }),
    checkNeeds: (workflow) => pools.checkNeeds(workflow),
    capacity: () => pools.capacityOf(defaultPool),
    pools: () =>
      Promise.all(
        pools.names.map(async (name) => {
          const [{ total, largest }, state] = await Promise.all([
            pools.capacityOf(name),
            options.readPool(name),
          ]);
          const { holders = [], waiting = [] } = state ?? {};
          return { name, total, largest, holders: holders.map(heldBy), waiting: waiting.map(waitedFor) };
        }),
      ),
  };
}

function heldBy({ run, workflow, task, grant }: PoolHolder): PoolStatus["holders"][number] {
  return { run, workflow, task, grant };
}

function waitedFor({
  run,
  workflow,
  task,
  resources,
  priority,
  rank,
}: PoolRequest): PoolStatus["waiting"][number] {
  return { run, workflow, task, resources, priority, ...(rank !== undefined && { rank }) };
}
