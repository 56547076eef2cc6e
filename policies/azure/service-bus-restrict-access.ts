import { propertyRule } from "../property-rule.ts";
import { serviceBusNamespace } from "./types.ts";

export const serviceBusRestrictAccess = propertyRule({
  name: "service-bus-restrict-access",
  description: "A service bus knows identities only, by TLS 1.2, inside the network.",
  severity: "high",
  remediationSteps:
    'Set disableLocalAuth to true, minimumTlsVersion to "1.2" and publicNetworkAccess to Disabled.',
  types: [serviceBusNamespace],
  requirements: [
    { path: "disableLocalAuth", values: [true] },
    { path: "minimumTlsVersion", values: ["1.2", "1.3"] },
    { path: "publicNetworkAccess", values: ["Disabled", "SecuredByPerimeter"] },
  ],
});
