import type { PolicyResource } from "@pulumi/policy";
import type { CheckedStack, StackRule } from "../rule.ts";
import { someRelated } from "../stack/related.ts";
import { anyKnown } from "../unknown-values.ts";
import { queue } from "./types.ts";

const redrivePolicy = "aws:sqs/redrivePolicy:RedrivePolicy";
const redriveAllowPolicy = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy";
const byQueueUrl = { path: "queueUrl", outputs: ["id", "url"] };
const toDeadLetters = {
  path: "redrivePolicy",
  outputs: ["arn"],
  part: (policy: unknown) => JSON.parse(String(policy)).deadLetterTargetArn,
};

export const sqsRequireDeadLetter: StackRule = {
  name: "sqs-require-dead-letter",
  description: "A message that fails too often is put aside, not tried for ever.",
  severity: "medium",
  remediationSteps: "Set redrivePolicy to JSON of {deadLetterTargetArn, maxReceiveCount}.",
  checkStack(stack, report) {
    stack.each(stack.all(queue), (each) => {
      if (!anyKnown(...reasonsToPass(each, stack)))
        report("redrivePolicy is missing, and no other queue puts its dead letters here", each);
    });
  },
};

/** The policy stands in the queue, or is a resource of its own. Queues that are for dead letters need none. */
function reasonsToPass(each: PolicyResource, stack: CheckedStack): (() => boolean)[] {
  return [
    () => Boolean(stack.asked(each).redrivePolicy),
    () => Boolean(stack.asked(each).redriveAllowPolicy),
    () => someRelated(stack, stack.all(redrivePolicy), byQueueUrl, each),
    () => someRelated(stack, stack.all(redriveAllowPolicy), byQueueUrl, each),
    () => someRelated(stack, stack.all(queue, redrivePolicy), toDeadLetters, each),
  ];
}
