import { inProduction, propertyRule } from "../property-rule.ts";
import { buckets } from "./types.ts";

export const s3ForbidForceDestroy = propertyRule({
  name: "s3-forbid-force-destroy",
  description: "In production a bucket that holds something is not deleted.",
  severity: "high",
  remediationSteps: "Set forceDestroy to false.",
  settings: ["environment"],
  types: buckets,
  requirements: [{ path: "forceDestroy", values: [false], missingComplies: true }],
  when: inProduction,
  remediable: true,
});
