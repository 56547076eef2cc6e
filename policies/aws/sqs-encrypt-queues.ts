import type { ResourceRule } from "../rule.ts";
import { queue } from "./types.ts";

/** With SQS's own keys, or with one of KMS. */
export const sqsEncryptQueues: ResourceRule = {
  name: "sqs-encrypt-queues",
  description: "Messages of a queue are encrypted at rest.",
  severity: "high",
  remediationSteps: "Set sqsManagedSseEnabled to true, or kmsMasterKeyId to a key.",
  types: [queue],
  check({ props }, report) {
    if (props.sqsManagedSseEnabled !== true && !props.kmsMasterKeyId)
      report("neither sqsManagedSseEnabled is true nor kmsMasterKeyId set");
  },
  remediate({ props }) {
    if (props.sqsManagedSseEnabled === true || props.kmsMasterKeyId) return false;
    props.sqsManagedSseEnabled = true;
    return true;
  },
};
