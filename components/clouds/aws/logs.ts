import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import type { AwsContext } from "./foundation.ts";
import type { AwsKeys } from "./keys.ts";

/** Days that CloudWatch can keep logs (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html). */
export const retentions: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export interface AwsLogs {
  /** Comes before the cluster: EKS would make it itself, and keep its logs for ever. */
  cluster: LogGroup;
  flow: LogGroup;
  /** Address of the cluster's logs in the console. */
  address: string;
}

export function createLogs(context: AwsContext, { data }: AwsKeys): AwsLogs {
  const { names, parent, region, settings, tags } = context;
  const group = (what: string, name: string) =>
    new LogGroup(
      `logs-${what}`,
      {
        name,
        retentionInDays: settings.logRetentionDays,
        ...(data && { kmsKeyId: data.arn }),
        tags,
      },
      { parent },
    );
  // The console escapes slashes twice, with $ for the second %.
  const escaped = names.clusterLogs.replaceAll("/", "$252F");
  return {
    cluster: group("cluster", names.clusterLogs),
    flow: group("flow", names.flowLogs),
    address: `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${escaped}`,
  };
}
