import { gkeBenchmark } from "../benchmarks.ts";
import type { ResourceRule } from "../rule.ts";
import { checkNodes, nodeTypes } from "./node-configurations.ts";
import { gkeCluster } from "./types.ts";

export const gkeEnableShieldedNodes: ResourceRule = {
  name: "gke-enable-shielded-nodes",
  description: "GKE nodes are shielded: they start what is signed only, and their integrity is watched.",
  severity: "medium",
  framework: gkeBenchmark("5.5.5", "5.5.6", "5.5.7"),
  remediationSteps:
    "Set enableShieldedNodes of the cluster to true, and nodeConfig.shieldedInstanceConfig to {enableSecureBoot: true, enableIntegrityMonitoring: true}.",
  types: nodeTypes,
  check({ type, props }, report) {
    if (type === gkeCluster && props.enableShieldedNodes === false) report("enableShieldedNodes is false");
    checkNodes(type, props, ({ path, configuration }) => {
      const { enableSecureBoot, enableIntegrityMonitoring } = configuration.shieldedInstanceConfig ?? {};
      if (enableSecureBoot !== true) report(`${path}shieldedInstanceConfig.enableSecureBoot is not true`);
      if (enableIntegrityMonitoring === false)
        report(`${path}shieldedInstanceConfig.enableIntegrityMonitoring is false`);
    });
  },
};
