import type { StackRule } from "../rule.ts";
import { anyKnown } from "../unknown-values.ts";
import { receivesAccessLogs, sendsAccessLogs } from "./access-logs.ts";
import { buckets } from "./types.ts";

/** The bucket that gets the logs would log its own logging. */
export const s3EnableAccessLogs: StackRule = {
  name: "s3-enable-access-logs",
  description: "Access to a bucket is logged in another bucket.",
  severity: "low",
  remediationSteps: "Add an aws.s3.BucketLogging from this bucket to one for logs.",
  checkStack(stack, report) {
    stack.each(stack.all(...buckets), (bucket) => {
      const isLogged = anyKnown(
        () => sendsAccessLogs(bucket, stack),
        () => receivesAccessLogs(bucket, stack),
      );
      if (!isLogged) report("no BucketLogging is there for it", bucket);
    });
  },
};
