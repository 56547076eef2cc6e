import { propertyRule } from "../property-rule.ts";
import { keyVault } from "./types.ts";

export const keyVaultRequireRoleAssignments = propertyRule({
  name: "key-vault-require-role-assignments",
  description: "Azure's roles say who may use a key vault, not a list of its own.",
  severity: "medium",
  remediationSteps: "Set properties.enableRbacAuthorization to true, and assign roles.",
  types: [keyVault],
  requirements: [{ path: "properties.enableRbacAuthorization", values: [true] }],
});
