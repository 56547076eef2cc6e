import { valueAt } from "../property-path.ts";
import type { StackRule } from "../rule.ts";
import { someRelated } from "../stack/related.ts";
import { loggings, receivesAccessLogs } from "./access-logs.ts";
import { bucketNames, buckets } from "./types.ts";

/** A resource of its own, or a part of the bucket. The bucket that gets the logs would log its own logging. */
export const s3EnableAccessLogs: StackRule = {
  name: "s3-enable-access-logs",
  description: "Access to a bucket is logged in another bucket.",
  severity: "low",
  remediationSteps: "Add an aws.s3.BucketLogging from this bucket to one for logs.",
  checkStack(stack, report) {
    stack.each(stack.all(...buckets), (bucket) => {
      if (receivesAccessLogs(bucket, stack) || valueAt(stack.asked(bucket), "logging.targetBucket")) return;
      if (!someRelated(stack.all(...loggings), "bucket", bucket, bucketNames))
        report("no BucketLogging is there for it", bucket);
    });
  },
};
