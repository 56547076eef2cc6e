import { propertyRule } from "../property-rule.ts";
import { bucket } from "./types.ts";

export const gcsRequireUniformAccess = propertyRule({
  name: "gcs-require-uniform-access",
  description: "IAM alone says who may read a bucket; no object has a list of its own.",
  severity: "high",
  remediationSteps: "Set uniformBucketLevelAccess to true.",
  types: [bucket],
  requirements: [{ path: "uniformBucketLevelAccess", values: [true] }],
  remediable: true,
});
