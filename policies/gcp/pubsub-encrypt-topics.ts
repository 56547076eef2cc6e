import { inProduction } from "../property-rule.ts";
import type { ResourceRule } from "../rule.ts";
import { topic } from "./types.ts";

export const pubsubEncryptTopics: ResourceRule = {
  name: "pubsub-encrypt-topics",
  description: "In production messages of a topic are encrypted with a key of KMS.",
  severity: "medium",
  remediationSteps: "Set kmsKeyName to a key that Pub/Sub's service agent may use.",
  settings: ["environment"],
  types: [topic],
  check(resource, report) {
    if (inProduction(resource) && !resource.props.kmsKeyName) report("kmsKeyName is missing");
  },
};
