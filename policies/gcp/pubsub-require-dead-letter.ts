import type { PolicyResource } from "@pulumi/policy";
import { valueAt } from "../property-path.ts";
import type { CheckedStack, StackRule } from "../rule.ts";
import { referenceIndex, valuesAt } from "../stack/reference-index.ts";
import { namedBy, someRelated } from "../stack/related.ts";
import { ifKnown, unknownValue } from "../unknown-values.ts";
import { subscription, topic } from "./types.ts";

const outputs = ["id", "name"];
const reads = { path: "topic", outputs };
const putsAside = { path: "deadLetterPolicy.deadLetterTopic", outputs };

/** The subscription that reads the dead letters themselves needs none. */
export const pubsubRequireDeadLetter: StackRule = {
  name: "pubsub-require-dead-letter",
  description: "A message that fails too often is put aside, not tried for ever.",
  severity: "medium",
  remediationSteps: "Set deadLetterPolicy to {deadLetterTopic, maxDeliveryAttempts}.",
  checkStack(stack, report) {
    stack.each(stack.all(subscription), (each) => {
      if (valueAt(stack.asked(each), putsAside.path) || readsDeadLetters(each, stack)) return;
      report("deadLetterPolicy is missing, and no other subscription puts its dead letters there", each);
    });
  },
};

function readsDeadLetters(reader: PolicyResource, stack: CheckedStack): boolean {
  const subscriptions = stack.all(subscription);
  const { byValue, open } = referenceIndex(stack, subscriptions, putsAside);
  const read = ifKnown(() => valuesAt(stack, reader, reads.path), []);
  if (read.some((name) => byValue.has(name))) return true;
  const topics = namedBy(stack, reader, reads, stack.all(topic));
  if (topics.found.some((each) => someRelated(stack, subscriptions, putsAside, each))) return true;
  const mayRead = topics.open.length > 0 && subscriptions.length > 1;
  if (mayRead || (topics.found.length === 0 && open.length > 0)) throw unknownValue(putsAside.path);
  return false;
}
