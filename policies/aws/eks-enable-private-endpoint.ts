import { eksBenchmark } from "../benchmarks.ts";
import { propertyRule } from "../property-rule.ts";
import { eksCluster } from "./types.ts";

export const eksEnablePrivateEndpoint = propertyRule({
  name: "eks-enable-private-endpoint",
  description: "Nodes reach the API server of an EKS cluster inside its network.",
  severity: "high",
  framework: eksBenchmark("5.4.2"),
  remediationSteps: "Set vpcConfig.endpointPrivateAccess to true.",
  types: [eksCluster],
  requirements: [{ path: "vpcConfig.endpointPrivateAccess", values: [true] }],
  remediable: true,
});
