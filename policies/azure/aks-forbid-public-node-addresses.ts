import { aksBenchmark } from "../benchmarks.ts";
import type { ResourceRule } from "../rule.ts";
import { checkPools, mendPools, poolTypes } from "./node-pools.ts";

/** Azure gives no public address unless asked to. */
export const aksForbidPublicNodeAddresses: ResourceRule = {
  name: "aks-forbid-public-node-addresses",
  description: "Nodes of an AKS cluster have no public addresses.",
  severity: "high",
  framework: aksBenchmark("5.4.3"),
  remediationSteps: "Set enableNodePublicIP of the pool to false.",
  types: poolTypes,
  check({ props }, report) {
    checkPools(props, ({ path, pool }) => {
      if (pool.enableNodePublicIP === true) report(`${path}enableNodePublicIP is true`);
    });
  },
  remediate({ props }) {
    return mendPools(props, (pool) => {
      if (pool.enableNodePublicIP !== true) return false;
      pool.enableNodePublicIP = false;
      return true;
    });
  },
};
