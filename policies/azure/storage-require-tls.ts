import { propertyRule } from "../property-rule.ts";
import { storageAccount } from "./types.ts";

export const storageRequireTls = propertyRule({
  name: "storage-require-tls",
  description: "A storage account answers by TLS 1.2 or later only.",
  severity: "high",
  remediationSteps: "Set enableHttpsTrafficOnly to true and minimumTlsVersion to TLS1_2.",
  types: [storageAccount],
  requirements: [
    { path: "enableHttpsTrafficOnly", values: [true], missingComplies: true },
    { path: "minimumTlsVersion", values: ["TLS1_2", "TLS1_3"] },
  ],
  remediable: true,
});
