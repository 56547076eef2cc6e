import { propertyRule } from "../property-rule.ts";
import { storageAccount } from "./types.ts";

export const storageForbidPublicBlobs = propertyRule({
  name: "storage-forbid-public-blobs",
  description: "No container of a storage account can be made public.",
  severity: "critical",
  remediationSteps: "Set allowBlobPublicAccess to false.",
  types: [storageAccount],
  requirements: [{ path: "allowBlobPublicAccess", values: [false] }],
  remediable: true,
});
