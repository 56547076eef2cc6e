import { inProduction } from "../property-rule.ts";
import type { ResourceRule } from "../rule.ts";
import { bucket } from "./types.ts";

export const gcsEncryptBuckets: ResourceRule = {
  name: "gcs-encrypt-buckets",
  description: "In production a bucket is encrypted with a key of KMS.",
  severity: "medium",
  remediationSteps: "Set encryption.defaultKmsKeyName to a key.",
  settings: ["environment"],
  types: [bucket],
  check(resource, report) {
    if (inProduction(resource) && !resource.props.encryption?.defaultKmsKeyName)
      report("encryption.defaultKmsKeyName is missing");
  },
};
