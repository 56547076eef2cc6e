import { isWholeInternet } from "../network-ranges.ts";
import { listOf } from "../property-path.ts";
import type { Properties, ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";

const rules = [
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "aws:ec2/securityGroupRule:SecurityGroupRule",
];
const guardedPorts = [22, 3389];

/** Rules stand in the group, or are resources of their own, of an old type and a new one. */
export const securityGroupRestrictIngress: ResourceRule = {
  name: "security-group-restrict-ingress",
  description: "No security group lets the whole Internet in to SSH, to remote desktops or to all ports.",
  severity: "critical",
  remediationSteps: "Name the addresses that may, or the ports that are public on purpose.",
  types: ["aws:ec2/securityGroup:SecurityGroup", ...rules],
  check({ type, props }, report) {
    const ingress = rules.includes(type) ? [props] : listOf(props.ingress);
    checkEach(ingress, (rule) => {
      if (props.type === "egress" || !rangesOf(rule).some(isWholeInternet)) return;
      const port = opened(rule);
      if (port !== undefined) report(`${port} can be reached from every address`);
    });
  },
};

function rangesOf(rule: Properties): unknown[] {
  return [rule.cidrIpv4, rule.cidrIpv6, ...listOf(rule.cidrBlocks), ...listOf(rule.ipv6CidrBlocks)];
}

function opened({ protocol, ipProtocol = protocol, fromPort, toPort }: Properties): string | undefined {
  if (["-1", "all"].includes(String(ipProtocol))) return "every port";
  const port = guardedPorts.find((each) => fromPort <= each && each <= toPort);
  return port === undefined ? undefined : `port ${port}`;
}
