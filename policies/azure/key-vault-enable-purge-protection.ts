import { propertyRule } from "../property-rule.ts";
import { keyVault } from "./types.ts";

export const keyVaultEnablePurgeProtection = propertyRule({
  name: "key-vault-enable-purge-protection",
  description: "What is deleted in a key vault can be had back until its time is over.",
  severity: "high",
  remediationSteps: "Set properties.enablePurgeProtection to true. It cannot be taken back.",
  types: [keyVault],
  requirements: [{ path: "properties.enablePurgeProtection", values: [true] }],
});
