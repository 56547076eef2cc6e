import { propertyRule } from "../property-rule.ts";
import { eksCluster } from "./types.ts";

export const eksRestrictAuthentication = propertyRule({
  name: "eks-restrict-authentication",
  description:
    "Access to an EKS cluster is by access entries alone, and whoever creates it is no administrator by that.",
  severity: "high",
  remediationSteps:
    'Set accessConfig to {authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false} and add access entries.',
  types: [eksCluster],
  requirements: [
    { path: "accessConfig.authenticationMode", values: ["API"] },
    { path: "accessConfig.bootstrapClusterCreatorAdminPermissions", values: [false] },
  ],
});
