import type { PolicyResource } from "@pulumi/policy";
import { listOf } from "../property-path.ts";
import type { StackRule } from "../rule.ts";
import { someRelated } from "../stack/related.ts";
import { bucketNames, buckets } from "./types.ts";

const configurations = [
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
];

/** A resource of its own, or a part of the bucket. */
export const s3RequireLifecycle: StackRule = {
  name: "s3-require-lifecycle",
  description: "A bucket has a rule by which old versions and abandoned uploads go.",
  severity: "low",
  remediationSteps: "Add an aws.s3.BucketLifecycleConfiguration with at least one rule that is Enabled.",
  checkStack(stack, report) {
    stack.each(stack.all(...buckets), (bucket) => {
      if (listOf(stack.asked(bucket).lifecycleRules).some(({ enabled }) => enabled === true)) return;
      const hasRule = (each: PolicyResource) =>
        listOf(stack.asked(each).rules).some(({ status }) => status === "Enabled");
      if (
        !someRelated(
          stack,
          stack.all(...configurations),
          { path: "bucket", outputs: bucketNames },
          bucket,
          hasRule,
        )
      )
        report("no lifecycle rule is enabled for it", bucket);
    });
  },
};
