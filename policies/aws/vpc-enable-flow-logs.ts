import type { StackRule } from "../rule.ts";
import { someRelated } from "../stack/related.ts";
import { vpc } from "./types.ts";

export const vpcEnableFlowLogs: StackRule = {
  name: "vpc-enable-flow-logs",
  description: "Connections of a VPC are logged.",
  severity: "medium",
  remediationSteps: "Add an aws.ec2.FlowLog with the vpcId.",
  checkStack(stack, report) {
    const logs = stack.all("aws:ec2/flowLog:FlowLog");
    stack.each(stack.all(vpc), (each) => {
      if (!someRelated(stack, logs, { path: "vpcId", outputs: ["id"] }, each))
        report("no FlowLog is there for it", each);
    });
  },
};
