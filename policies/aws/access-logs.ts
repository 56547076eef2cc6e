import type { PolicyResource } from "@pulumi/policy";
import { valueAt } from "../property-path.ts";
import type { CheckedStack } from "../rule.ts";
import { someRelated } from "../stack/related.ts";
import { anyKnown } from "../unknown-values.ts";
import { bucketNames, buckets } from "./types.ts";

const loggings = ["aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2"];

/** Whether the bucket's access logs go to another: by a resource of its own, or by the bucket. */
export function sendsAccessLogs(bucket: PolicyResource, stack: CheckedStack): boolean {
  return anyKnown(
    () => someRelated(stack, stack.all(...loggings), { path: "bucket", outputs: bucketNames }, bucket),
    () => Boolean(valueAt(stack.asked(bucket), "logging.targetBucket")),
  );
}

/** Whether another bucket's access logs go to this one. */
export function receivesAccessLogs(bucket: PolicyResource, stack: CheckedStack): boolean {
  return anyKnown(
    () => someRelated(stack, stack.all(...loggings), { path: "targetBucket", outputs: bucketNames }, bucket),
    () =>
      someRelated(
        stack,
        stack.all(...buckets),
        { path: "logging.targetBucket", outputs: bucketNames },
        bucket,
      ),
  );
}
