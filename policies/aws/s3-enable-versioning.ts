import type { PolicyResource } from "@pulumi/policy";
import { valueAt } from "../property-path.ts";
import type { StackRule } from "../rule.ts";
import { someRelated } from "../stack/related.ts";
import { bucketNames, buckets } from "./types.ts";

const versionings = [
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:s3/bucketVersioningV2:BucketVersioningV2",
];

/** A resource of its own, or a part of the bucket. */
export const s3EnableVersioning: StackRule = {
  name: "s3-enable-versioning",
  description: "A bucket keeps versions, so that what was overwritten or deleted can be had back.",
  severity: "medium",
  remediationSteps: 'Add an aws.s3.BucketVersioning with versioningConfiguration.status "Enabled".',
  checkStack(stack, report) {
    stack.each(stack.all(...buckets), (bucket) => {
      if (valueAt(stack.asked(bucket), "versioning.enabled") === true) return;
      const enabled = (each: PolicyResource) =>
        valueAt(stack.asked(each), "versioningConfiguration.status") === "Enabled";
      if (
        !someRelated(
          stack,
          stack.all(...versionings),
          { path: "bucket", outputs: bucketNames },
          bucket,
          enabled,
        )
      )
        report("no BucketVersioning enables versions for it", bucket);
    });
  },
};
