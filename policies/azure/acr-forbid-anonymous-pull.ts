import { aksBenchmark } from "../benchmarks.ts";
import { propertyRule } from "../property-rule.ts";
import { containerRegistry } from "./types.ts";

export const acrForbidAnonymousPull = propertyRule({
  name: "acr-forbid-anonymous-pull",
  description: "Nobody pulls images from a container registry without saying who he is.",
  severity: "high",
  framework: aksBenchmark("5.1.2"),
  remediationSteps: "Set anonymousPullEnabled to false.",
  types: [containerRegistry],
  requirements: [{ path: "anonymousPullEnabled", values: [false], missingComplies: true }],
  remediable: true,
});
