import { inProduction, propertyRule } from "../property-rule.ts";
import { eksCluster } from "./types.ts";

export const eksEnableDeletionProtection = propertyRule({
  name: "eks-enable-deletion-protection",
  description: "In production nobody deletes an EKS cluster by mistake.",
  // It is switched off by an update before a destroy: a rule that refuses would leave no way.
  enforcementLevel: "advisory",
  severity: "medium",
  remediationSteps: "Set deletionProtection to true.",
  settings: ["environment"],
  types: [eksCluster],
  requirements: [{ path: "deletionProtection", values: [true] }],
  when: inProduction,
  remediable: true,
});
