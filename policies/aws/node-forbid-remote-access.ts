import { listOf } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { launchTemplate, nodeGroup } from "./types.ts";

/** A key for SSH stands in the node group, or in the launch template that it uses. */
export const nodeForbidRemoteAccess: ResourceRule = {
  name: "node-forbid-remote-access",
  description: "Nobody logs in to nodes by SSH.",
  severity: "high",
  remediationSteps: "Remove remoteAccess and keyName; use `kubectl debug` or Session Manager.",
  types: [nodeGroup, launchTemplate],
  check({ props }, report) {
    if (listOf(props.remoteAccess).length > 0) report("remoteAccess is set");
    if (props.keyName) report(`keyName is set: ${props.keyName}`);
  },
};
