import type { PolicyResource } from "@pulumi/policy";
import type { CheckedStack, StackRule } from "../rule.ts";
import { naming, someRelated } from "../stack/related.ts";
import { ifKnown } from "../unknown-values.ts";
import { queue } from "./types.ts";

const queueNames = ["id", "url"];

/** The policy stands in the queue, or is a resource of its own. Queues that are for dead letters need none. */
export const sqsRequireDeadLetter: StackRule = {
  name: "sqs-require-dead-letter",
  description: "A message that fails too often is put aside, not tried for ever.",
  severity: "medium",
  remediationSteps: "Set redrivePolicy to JSON of {deadLetterTargetArn, maxReceiveCount}.",
  checkStack(stack, report) {
    const policies = stack.all("aws:sqs/redrivePolicy:RedrivePolicy");
    stack.each(stack.all(queue), (each) => {
      if (stack.asked(each).redrivePolicy || isForDeadLetters(each, stack)) return;
      if (!someRelated(policies, "queueUrl", each, queueNames))
        report("redrivePolicy is missing, and no other queue puts its dead letters here", each);
    });
  },
};

function isForDeadLetters(target: PolicyResource, stack: CheckedStack): boolean {
  const allowing = stack.all("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy");
  if (stack.asked(target).redriveAllowPolicy || naming(allowing, "queueUrl", target, queueNames).length > 0)
    return true;
  return stack.all(queue, "aws:sqs/redrivePolicy:RedrivePolicy").some((source) => {
    if (source.propertyDependencies.redrivePolicy?.some(({ urn }) => urn === target.urn)) return true;
    const policy = ifKnown(() => source.props.redrivePolicy, undefined);
    const arn = ifKnown(() => target.props.arn, undefined);
    return typeof policy === "string" && arn !== undefined && JSON.parse(policy).deadLetterTargetArn === arn;
  });
}
