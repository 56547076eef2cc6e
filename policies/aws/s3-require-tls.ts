import type { StackRule } from "../rule.ts";
import { someRelated } from "../stack/related.ts";
import { deniesWithoutTls } from "./policy-document.ts";
import { bucketNames, buckets } from "./types.ts";

/** The policy is a resource of its own, or stands in the bucket. */
export const s3RequireTls: StackRule = {
  name: "s3-require-tls",
  description: "A bucket refuses whoever comes without TLS.",
  severity: "high",
  remediationSteps:
    'Add an aws.s3.BucketPolicy that denies s3:* to everybody where the condition {Bool: {"aws:SecureTransport": "false"}} holds.',
  checkStack(stack, report) {
    const policies = stack.all("aws:s3/bucketPolicy:BucketPolicy");
    stack.each(stack.all(...buckets), (bucket) => {
      if (deniesWithoutTls(stack.asked(bucket).policy)) return;
      if (
        !someRelated(stack, policies, { path: "bucket", outputs: bucketNames }, bucket, (each) =>
          deniesWithoutTls(stack.asked(each).policy),
        )
      )
        report("no policy denies requests for which aws:SecureTransport is false", bucket);
    });
  },
};
