import { propertyRule } from "../property-rule.ts";
import { bucket } from "./types.ts";

export const gcsForbidPublicAccess = propertyRule({
  name: "gcs-forbid-public-access",
  description: "A bucket cannot be made public.",
  severity: "critical",
  remediationSteps: "Set publicAccessPrevention to enforced.",
  types: [bucket],
  requirements: [{ path: "publicAccessPrevention", values: ["enforced"] }],
  remediable: true,
});
