import { propertyRule } from "../property-rule.ts";
import { managedCluster } from "./types.ts";

export const aksDisableLocalAccounts = propertyRule({
  name: "aks-disable-local-accounts",
  description: "An AKS cluster has no accounts of its own, whose certificates nobody can take back.",
  severity: "high",
  remediationSteps: "Set disableLocalAccounts to true, and aadProfile so that somebody still comes in.",
  types: [managedCluster],
  requirements: [{ path: "disableLocalAccounts", values: [true] }],
});
