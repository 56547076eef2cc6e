import type { PolicyResource } from "@pulumi/policy";
import { listOf, valueAt } from "../property-path.ts";
import type { CheckedStack, StackRule } from "../rule.ts";
import { someRelated } from "../stack/related.ts";
import { receivesAccessLogs } from "./access-logs.ts";
import { bucketNames, buckets } from "./types.ts";

const configurations = [
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
];

/** The configuration is a resource of its own, or stands in the bucket. */
export const s3EncryptBuckets: StackRule = {
  name: "s3-encrypt-buckets",
  description: "A bucket is encrypted, in production with a key of KMS.",
  severity: "high",
  remediationSteps:
    "Add an aws.s3.BucketServerSideEncryptionConfiguration, in production with sseAlgorithm aws:kms.",
  settings: ["environment"],
  checkStack(stack, report) {
    stack.each(stack.all(...buckets), (bucket) => {
      const algorithms = wantedAlgorithms(bucket, stack);
      const encrypts = (rules: unknown) =>
        listOf(rules).some(({ applyServerSideEncryptionByDefault: byDefault }) =>
          algorithms.includes(byDefault?.sseAlgorithm),
        );
      if (encrypts(valueAt(stack.asked(bucket), "serverSideEncryptionConfiguration.rule"))) return;
      if (
        !someRelated(stack.all(...configurations), "bucket", bucket, bucketNames, (each) =>
          encrypts(stack.asked(each).rules),
        )
      )
        report(`no encryption by ${algorithms.join(" or ")} is configured for it`, bucket);
    });
  },
};

/** S3 delivers access logs only to buckets with keys of its own. */
function wantedAlgorithms(bucket: PolicyResource, stack: CheckedStack): string[] {
  const kms = ["aws:kms", "aws:kms:dsse"];
  if (stack.settings.environment === "production" && !receivesAccessLogs(bucket, stack)) return kms;
  return [...kms, "AES256"];
}
