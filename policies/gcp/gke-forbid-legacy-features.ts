import { gkeBenchmark } from "../benchmarks.ts";
import { propertyRule } from "../property-rule.ts";
import { gkeCluster } from "./types.ts";

export const gkeForbidLegacyFeatures = propertyRule({
  name: "gke-forbid-legacy-features",
  description: "A GKE cluster has no client certificate, no attribute-based access and no alpha features.",
  severity: "high",
  framework: gkeBenchmark("5.8.1", "5.8.3", "5.10.2"),
  remediationSteps:
    "Set masterAuth.clientCertificateConfig.issueClientCertificate, enableLegacyAbac and enableKubernetesAlpha to false.",
  types: [gkeCluster],
  requirements: [
    {
      path: "masterAuth.clientCertificateConfig.issueClientCertificate",
      values: [false],
      missingComplies: true,
    },
    { path: "enableLegacyAbac", values: [false], missingComplies: true },
    { path: "enableKubernetesAlpha", values: [false], missingComplies: true },
  ],
});
