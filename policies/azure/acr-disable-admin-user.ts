import { aksBenchmark } from "../benchmarks.ts";
import { propertyRule } from "../property-rule.ts";
import { containerRegistry } from "./types.ts";

export const acrDisableAdminUser = propertyRule({
  name: "acr-disable-admin-user",
  description: "A container registry has no user with a password that lasts.",
  severity: "high",
  framework: aksBenchmark("5.1.2"),
  remediationSteps: "Set adminUserEnabled to false; give AcrPull to the nodes' identity.",
  types: [containerRegistry],
  requirements: [{ path: "adminUserEnabled", values: [false], missingComplies: true }],
  remediable: true,
});
