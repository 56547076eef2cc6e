import type { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { FlowLog } from "@pulumi/aws/ec2/flowLog.js";
import type { Vpc } from "@pulumi/aws/ec2/vpc.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import type { AwsContext } from "./foundation.ts";
import { createRole } from "./roles.ts";

/** Who talked to whom: what was refused, and in production what was let through as well. */
export function createFlowLog(context: AwsContext, vpc: Vpc, group: LogGroup): void {
  const { account, arn, names, parent, production, tags } = context;
  const { role } = createRole(context, "flow-logs", {
    service: "vpc-flow-logs.amazonaws.com",
    condition: { StringEquals: { "aws:SourceAccount": account.id } },
  });
  const policy = new RolePolicy(
    "flow-logs",
    {
      role: role.name,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            Resource: [
              arn("logs", `log-group:${names.flowLogs}`),
              arn("logs", `log-group:${names.flowLogs}:*`),
            ],
          },
          // Has no resource of its own to be confined to.
          { Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
        ],
      }),
    },
    { parent },
  );
  new FlowLog(
    "network",
    {
      vpcId: vpc.id,
      trafficType: production ? "ALL" : "REJECT",
      logDestinationType: "cloud-watch-logs",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
      tags,
    },
    { parent, dependsOn: policy },
  );
}
