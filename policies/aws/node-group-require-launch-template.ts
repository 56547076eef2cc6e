import type { ResourceRule } from "../rule.ts";
import { nodeGroup } from "./types.ts";

/** Only a launch template says how a node's metadata and disks are guarded. */
export const nodeGroupRequireLaunchTemplate: ResourceRule = {
  name: "node-group-require-launch-template",
  description: "A node group has a launch template, which guards its metadata service and its disks.",
  severity: "medium",
  remediationSteps: "Give launchTemplate {id, version} of an aws.ec2.LaunchTemplate.",
  types: [nodeGroup],
  check({ props }, report) {
    const { id, name } = props.launchTemplate ?? {};
    if (!id && !name) report("launchTemplate is missing");
  },
};
