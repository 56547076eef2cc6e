import type { PolicyResource } from "@pulumi/policy";
import type { CheckedStack } from "../rule.ts";
import { naming } from "../stack/related.ts";
import { bucketNames, buckets } from "./types.ts";

/** Resources that send access logs of a bucket to targetBucket. */
export const loggings = ["aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2"];

/** Whether another bucket's access logs go to this one. */
export function receivesAccessLogs(bucket: PolicyResource, stack: CheckedStack): boolean {
  return (
    naming(stack.all(...loggings), "targetBucket", bucket, bucketNames).length > 0 ||
    naming(stack.all(...buckets), "logging.targetBucket", bucket, bucketNames).length > 0
  );
}
