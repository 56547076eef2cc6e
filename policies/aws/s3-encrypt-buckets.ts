import type { PolicyResource } from "@pulumi/policy";
import { listOf, valueAt } from "../property-path.ts";
import type { CheckedStack, StackRule } from "../rule.ts";
import { someRelated } from "../stack/related.ts";
import { anyKnown } from "../unknown-values.ts";
import { receivesAccessLogs } from "./access-logs.ts";
import { bucketNames, buckets } from "./types.ts";

const configurations = [
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
];
const byKms = ["aws:kms", "aws:kms:dsse"];

export const s3EncryptBuckets: StackRule = {
  name: "s3-encrypt-buckets",
  description: "A bucket is encrypted, in production with a key of KMS.",
  severity: "high",
  remediationSteps:
    "Add an aws.s3.BucketServerSideEncryptionConfiguration, in production with sseAlgorithm aws:kms.",
  settings: ["environment"],
  checkStack(stack, report) {
    stack.each(stack.all(...buckets), (bucket) => {
      const isProduction = stack.settings.environment === "production";
      const complies = anyKnown(
        () => isEncrypted(bucket, byKms, stack),
        // S3 delivers access logs only to buckets with keys of its own.
        () => isEncrypted(bucket, ["AES256"], stack) && (!isProduction || receivesAccessLogs(bucket, stack)),
      );
      if (!complies)
        report(`no encryption${isProduction ? " with a key of KMS" : ""} is configured for it`, bucket);
    });
  },
};

/** The configuration is a resource of its own, or stands in the bucket. */
function isEncrypted(bucket: PolicyResource, algorithms: string[], stack: CheckedStack): boolean {
  const encrypts = (rules: unknown) =>
    listOf(rules).some(({ applyServerSideEncryptionByDefault: byDefault }) =>
      algorithms.includes(byDefault?.sseAlgorithm),
    );
  const reference = { path: "bucket", outputs: bucketNames };
  return anyKnown(
    () =>
      someRelated(stack, stack.all(...configurations), reference, bucket, (each) =>
        encrypts(stack.asked(each).rules),
      ),
    () => encrypts(valueAt(stack.asked(bucket), "serverSideEncryptionConfiguration.rule")),
  );
}
