import { gkeBenchmark } from "../benchmarks.ts";
import { shown } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkNodes, nodeTypes } from "./node-configurations.ts";

/** The default one may, in most projects, do what an editor may. */
export const gkeRequireNodeServiceAccount: ResourceRule = {
  name: "gke-require-node-service-account",
  description: "GKE nodes have a service account of their own.",
  severity: "high",
  framework: gkeBenchmark("5.2.1"),
  remediationSteps:
    "Set nodeConfig.serviceAccount to an account with roles/container.defaultNodeServiceAccount and no more.",
  types: nodeTypes,
  check({ type, props }, report) {
    checkNodes(type, props, ({ path, configuration }) => {
      const account = configuration.serviceAccount;
      if (!account || /^default$|-compute@developer\.gserviceaccount\.com$/.test(account))
        report(`${path}serviceAccount is ${shown(account)}, and so the project's default one`);
    });
  },
};
