import type { PolicyResource } from "@pulumi/policy";
import { valueAt } from "../property-path.ts";
import type { CheckedStack, StackRule } from "../rule.ts";
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
  const others = stack.all(subscription).filter(({ urn }) => urn !== reader.urn);
  const read = ifKnown(() => stack.asked(reader).topic, undefined);
  const targets = others.map((other) =>
    ifKnown(() => valueAt(stack.asked(other), putsAside.path), "unknown"),
  );
  if (read !== undefined && targets.includes(read)) return true;
  const topics = namedBy(stack, reader, reads, stack.all(topic));
  if (topics.found.some((each) => someRelated(stack, others, putsAside, each))) return true;
  const isOpen = topics.found.length === 0 && targets.includes("unknown");
  if (isOpen || (topics.mayBeMore && others.length > 0)) throw unknownValue(putsAside.path);
  return false;
}
