import { propertyRule } from "../property-rule.ts";
import { storageAccount } from "./types.ts";

export const storageDisableSharedKeys = propertyRule({
  name: "storage-disable-shared-keys",
  description: "A storage account knows identities only, no keys that everybody shares.",
  severity: "high",
  remediationSteps: "Set allowSharedKeyAccess to false; give roles to identities.",
  types: [storageAccount],
  requirements: [{ path: "allowSharedKeyAccess", values: [false] }],
});
