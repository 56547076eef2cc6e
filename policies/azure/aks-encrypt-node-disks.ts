import { shown } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkPools, poolTypes } from "./node-pools.ts";

export const aksEncryptNodeDisks: ResourceRule = {
  name: "aks-encrypt-node-disks",
  description: "Disks and caches of AKS nodes are encrypted at their host.",
  severity: "medium",
  remediationSteps: "Set enableEncryptionAtHost of the pool to true when it is made.",
  types: poolTypes,
  check({ props }, report) {
    checkPools(props, ({ path, pool }) => {
      if (pool.enableEncryptionAtHost !== true)
        report(`${path}enableEncryptionAtHost is ${shown(pool.enableEncryptionAtHost)}: set it to true`);
    });
  },
};
