import { gkeBenchmark } from "../benchmarks.ts";
import { listOf } from "../property-path.ts";
import type { Properties, ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { gkeCluster } from "./types.ts";

/** Both are on where the program is silent; the new form is a list of components, the old one a service. */
export const gkeEnableLogsAndMetrics: ResourceRule = {
  name: "gke-enable-logs-and-metrics",
  description: "The system of a GKE cluster is logged and measured.",
  severity: "medium",
  framework: gkeBenchmark("5.7.1"),
  remediationSteps: "Add SYSTEM_COMPONENTS to enableComponents of loggingConfig and monitoringConfig.",
  types: [gkeCluster],
  check({ props }, report) {
    checkEach(["logging", "monitoring"], (kind) => {
      if (isOff(props, kind)) report(`${kind}Config or ${kind}Service turns it off`);
    });
  },
};

function isOff(props: Properties, kind: string): boolean {
  const configuration = props[`${kind}Config`];
  if (configuration) return !listOf(configuration.enableComponents).includes("SYSTEM_COMPONENTS");
  return props[`${kind}Service`] === "none";
}
