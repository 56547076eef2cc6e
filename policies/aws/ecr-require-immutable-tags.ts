import { eksBenchmark } from "../benchmarks.ts";
import { propertyRule } from "../property-rule.ts";
import { ecrRepository } from "./types.ts";

export const ecrRequireImmutableTags = propertyRule({
  name: "ecr-require-immutable-tags",
  description: "A tag of an image in ECR is never moved to another image.",
  severity: "medium",
  framework: eksBenchmark("5.1.1"),
  remediationSteps: "Set imageTagMutability to IMMUTABLE.",
  types: [ecrRepository],
  requirements: [{ path: "imageTagMutability", values: ["IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"] }],
  remediable: true,
});
