import type { ResourceRule } from "../rule.ts";
import { allows, isForEverybody, statementsOf } from "./policy-document.ts";
import { queue } from "./types.ts";

/** The policy stands in the queue, or is a resource of its own. */
export const sqsForbidPublicPolicies: ResourceRule = {
  name: "sqs-forbid-public-policies",
  description: "A queue's policy allows nothing to everybody.",
  severity: "critical",
  remediationSteps: "Name who may in Principal; narrow a service's access by the condition aws:SourceArn.",
  types: [queue, "aws:sqs/queuePolicy:QueuePolicy"],
  check({ props }, report) {
    for (const statement of statementsOf(props.policy))
      if (allows(statement) && isForEverybody(statement))
        report(`statement ${statement.Sid ?? "without Sid"} of policy allows something to Principal *`);
  },
};
