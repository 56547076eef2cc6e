import { shown } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { serviceBusQueue } from "./types.ts";

export const serviceBusRequireDeadLetter: ResourceRule = {
  name: "service-bus-require-dead-letter",
  description: "A message that fails too often or comes too late is put aside.",
  severity: "medium",
  remediationSteps: "Set maxDeliveryCount to a number and deadLetteringOnMessageExpiration to true.",
  types: [serviceBusQueue],
  check({ props }, report) {
    if (!(props.maxDeliveryCount >= 1)) report(`maxDeliveryCount is ${shown(props.maxDeliveryCount)}`);
    if (props.deadLetteringOnMessageExpiration !== true)
      report(
        `deadLetteringOnMessageExpiration is ${shown(props.deadLetteringOnMessageExpiration)}: set it to true`,
      );
  },
};
