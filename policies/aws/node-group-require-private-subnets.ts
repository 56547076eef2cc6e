import { eksBenchmark } from "../benchmarks.ts";
import type { StackRule } from "../rule.ts";
import { namedBy } from "../stack/related.ts";
import { unknownValue } from "../unknown-values.ts";
import { nodeGroup } from "./types.ts";

/** Subnets that are not of the stack cannot be looked at. */
export const nodeGroupRequirePrivateSubnets: StackRule = {
  name: "node-group-require-private-subnets",
  description: "Nodes of an EKS cluster are in subnets that give out no public addresses.",
  severity: "high",
  framework: eksBenchmark("5.4.3"),
  remediationSteps:
    "Put the node group into subnets with mapPublicIpOnLaunch false and a route to a NAT gateway.",
  checkStack(stack, report) {
    const subnets = stack.all("aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet");
    stack.each(stack.all(nodeGroup), (group) => {
      const { found, open } = namedBy(stack, group, { path: "subnetIds", outputs: ["id"] }, subnets);
      for (const subnet of found)
        if (subnet.props.mapPublicIpOnLaunch === true)
          report(`subnetIds names subnet ${subnet.name}, which has mapPublicIpOnLaunch true`, group);
      if (open.length > 0) throw unknownValue("subnetIds");
    });
  },
};
