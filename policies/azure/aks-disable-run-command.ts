import { propertyRule } from "../property-rule.ts";
import { managedCluster } from "./types.ts";

/** Azure runs such a command as administrator of the cluster. */
export const aksDisableRunCommand = propertyRule({
  name: "aks-disable-run-command",
  description: "Nobody runs commands in an AKS cluster through Azure, past its API server's network.",
  severity: "medium",
  remediationSteps: "Set apiServerAccessProfile.disableRunCommand to true.",
  types: [managedCluster],
  requirements: [{ path: "apiServerAccessProfile.disableRunCommand", values: [true] }],
  remediable: true,
});
