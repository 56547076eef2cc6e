import { propertyRule } from "../property-rule.ts";
import { instance, launchConfiguration, launchTemplate } from "./types.ts";

export const metadataRequireTokens = propertyRule({
  name: "metadata-require-tokens",
  description: "A machine's metadata service asks for a token (IMDSv2), and pods do not reach it.",
  severity: "high",
  remediationSteps: 'Set metadataOptions to {httpTokens: "required", httpPutResponseHopLimit: 1}.',
  types: [launchTemplate, launchConfiguration, instance],
  requirements: [
    { path: "metadataOptions.httpTokens", values: ["required"] },
    { path: "metadataOptions.httpPutResponseHopLimit", values: [1] },
  ],
  remediable: true,
});
