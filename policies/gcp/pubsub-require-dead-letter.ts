import type { PolicyResource } from "@pulumi/policy";
import type { CheckedStack, StackRule } from "../rule.ts";
import { namedBy } from "../stack/related.ts";
import { ifKnown } from "../unknown-values.ts";
import { subscription, topic } from "./types.ts";

const topicNames = ["id", "name"];

/** The subscription that reads the dead letters themselves needs none. */
export const pubsubRequireDeadLetter: StackRule = {
  name: "pubsub-require-dead-letter",
  description: "A message that fails too often is put aside, not tried for ever.",
  severity: "medium",
  remediationSteps: "Set deadLetterPolicy to {deadLetterTopic, maxDeliveryAttempts}.",
  checkStack(stack, report) {
    stack.each(stack.all(subscription), (each) => {
      if (stack.asked(each).deadLetterPolicy?.deadLetterTopic || readsDeadLetters(each, stack)) return;
      report("deadLetterPolicy is missing, and no other subscription puts its dead letters there", each);
    });
  },
};

function readsDeadLetters(reader: PolicyResource, stack: CheckedStack): boolean {
  const others = stack.all(subscription).filter(({ urn }) => urn !== reader.urn);
  const read = ifKnown(() => stack.asked(reader).topic, undefined);
  const topics = namedBy(reader, "topic", stack.all(topic), topicNames);
  return others.some((other) => {
    const target = ifKnown(() => other.props.deadLetterPolicy?.deadLetterTopic, undefined);
    if (target !== undefined && target === read) return true;
    return topics.some(
      (each) => namedBy(other, "deadLetterPolicy.deadLetterTopic", [each], topicNames).length > 0,
    );
  });
}
