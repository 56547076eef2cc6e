import type { PolicyResource } from "@pulumi/policy";
import { listOf } from "../property-path.ts";
import type { StackRule } from "../rule.ts";
import { someRelated } from "../stack/related.ts";
import { vpc } from "./types.ts";

/** Whatever is started without a group of its own gets the default one. */
export const vpcRestrictDefaultSecurityGroup: StackRule = {
  name: "vpc-restrict-default-security-group",
  description: "The default security group of a VPC lets nobody in or out.",
  severity: "medium",
  remediationSteps: "Add an aws.ec2.DefaultSecurityGroup for the VPC, with ingress and egress empty.",
  checkStack(stack, report) {
    const groups = stack.all("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
    stack.each(stack.all(vpc), (each) => {
      const isEmpty = (group: PolicyResource) =>
        listOf(stack.asked(group).ingress).length === 0 && listOf(stack.asked(group).egress).length === 0;
      if (!someRelated(stack, groups, { path: "vpcId", outputs: ["id"] }, each, isEmpty))
        report("no DefaultSecurityGroup without rules is there for it", each);
    });
  },
};
