import type { CapacitySource } from "../../capacity/capacity-source.ts";
import { ApiError, type Problem } from "../../errors.ts";
import { nearestName } from "../../nearest-name.ts";
import { formatAmount } from "../resources.ts";
import type { Workflow } from "../workflow.ts";
import type { PoolAmounts } from "./amounts.ts";
import { defaultPool } from "./declared-pools.ts";
import { fit } from "./fit.ts";
import type { PoolCapacity } from "./pool.ts";

/** The pools that tasks may take resources from. */
export interface Pools {
  readonly names: readonly string[];
  /** @throws ApiError `unknown-pool` (422), `capacity-unavailable` (503) */
  capacityOf(pool: string): Promise<PoolCapacity>;
  /**
   * Refuses a workflow of which a task could never run, as far as the capacity can be read now.
   * @throws ApiError `not-enough-capacity` (422) with every task and resource, what it needs and what is there
   */
  checkNeeds(workflow: Workflow): Promise<void>;
}

/**
 * @param declared what a person said of pools; of the default pool only what is declared replaces what the source tells
 */
export function createPools(declared: ReadonlyMap<string, PoolAmounts>, source: CapacitySource): Pools {
  const names = [...new Set([defaultPool, ...declared.keys()])];

  async function capacityOf(pool: string): Promise<PoolCapacity> {
    const amounts = declared.get(pool);
    if (pool === defaultPool) {
      const { total, largest } = await source.read();
      return { total: { ...total, ...given(amounts) }, largest: { ...largest, ...given(amounts) } };
    }
    if (amounts === undefined)
      throw new ApiError(`there is no pool "${pool}"; there are ${names.join(", ")}`, {
        status: 422,
        code: "unknown-pool",
      });
    return { total: amounts, largest: amounts };
  }

  return {
    names,
    capacityOf,
    async checkNeeds(workflow) {
      const needy = Object.entries(workflow.tasks).filter(([, { resources }]) => resources !== undefined);
      const problems: Problem[] = [];
      for (const [task, { resources = {} }] of needy) {
        const { pool = defaultPool } = resources;
        const path = `tasks.${task}.resources`;
        if (!names.includes(pool)) {
          const meant = nearestName(pool, names);
          const hint = meant === undefined ? ";" : `, did you mean "${meant}"?`;
          problems.push({
            path: `${path}.pool`,
            message: `there is no pool "${pool}"${hint} there are ${names.join(", ")}`,
          });
          continue;
        }
        const capacity = await ifReadable(() => capacityOf(pool));
        // What nobody knows now is no reason to refuse: the task waits in line until it is known.
        if (capacity === undefined) continue;
        const { total, largest } = capacity;
        const found = fit(resources, total, largest);
        for (const { resource, wanted, there } of "shortages" in found ? found.shortages : []) {
          const type =
            resource === "gpu" && resources.gpuType !== undefined ? ` of type ${resources.gpuType}` : "";
          problems.push({
            path: `${path}.${resource}`,
            message: `needs ${formatAmount(resource, wanted)}${type}, and pool ${pool} has ${formatAmount(resource, there)} for one task`,
          });
        }
      }
      if (problems.length > 0) throw notEnough(problems);
    },
  };
}

async function ifReadable<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ApiError && error.code === "capacity-unavailable") return undefined;
    throw error;
  }
}

/** No GPUs declared does not say that there are none. */
function given(amounts: PoolAmounts | undefined): Partial<PoolAmounts> {
  if (amounts === undefined) return {};
  const { gpus, ...others } = amounts;
  return Object.keys(gpus).length === 0 ? others : amounts;
}

function notEnough(problems: Problem[]): ApiError {
  const text = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return new ApiError(`the workflow could never run: ${text}`, {
    status: 422,
    code: "not-enough-capacity",
    problems,
  });
}
