import { listOf } from "../property-path.ts";
import type { Properties, ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { agentPool, managedCluster } from "./types.ts";

/** Pools stand in the cluster, or are resources of their own. */
export const poolTypes: ResourceRule["types"] = [managedCluster, agentPool];

interface Pool {
  /** Before the name of a property in messages. */
  path: string;
  pool: Properties;
}

/** Checks each pool of a cluster, or the pool that the resource is. */
export function checkPools(props: Properties, check: (pool: Pool) => void): void {
  if (isCluster(props))
    checkEach(listOf(props.agentPoolProfiles), (pool, index) =>
      check({ path: `agentPoolProfiles[${index}].`, pool }),
    );
  else check({ path: "", pool: props });
}

/** Mends each. @returns whether one was changed. */
export function mendPools(props: Properties, mend: (pool: Properties) => boolean): boolean {
  const pools = isCluster(props) ? listOf(props.agentPoolProfiles) : [props];
  let changed = false;
  // By index: methods of arrays fail on what the SDK gives to remediations.
  checkEach(pools, (pool) => {
    if (mend(pool)) changed = true;
  });
  return changed;
}

function isCluster(props: Properties): boolean {
  return !("agentPoolName" in props) && !("vmSize" in props);
}

/** Whether machines of this size have GPUs: Azure's N series. */
export function hasGpus({ vmSize, gpuProfile }: Properties): boolean {
  return gpuProfile !== undefined || /^Standard_N/i.test(String(vmSize));
}
