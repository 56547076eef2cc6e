import type { PolicyResource } from "@pulumi/policy";
import type { StackRule } from "../rule.ts";
import { someRelated } from "../stack/related.ts";
import { bucketNames, buckets } from "./types.ts";

const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** Blocked for each bucket, or for the whole account. */
export const s3ForbidPublicAccess: StackRule = {
  name: "s3-forbid-public-access",
  description: "Public access to a bucket is blocked in all four ways.",
  severity: "critical",
  remediationSteps: "Add an aws.s3.BucketPublicAccessBlock for the bucket with its four flags true.",
  checkStack(stack, report) {
    const blocksAll = (block: PolicyResource) => flags.every((flag) => stack.asked(block)[flag] === true);
    const ofAccount = stack.all("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock");
    const blocks = stack.all("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
    stack.each(stack.all(...buckets), (bucket) => {
      if (ofAccount.some(blocksAll)) return;
      if (!someRelated(stack, blocks, { path: "bucket", outputs: bucketNames }, bucket, blocksAll))
        report(`no BucketPublicAccessBlock sets ${flags.join(", ")} to true for it`, bucket);
    });
  },
};
