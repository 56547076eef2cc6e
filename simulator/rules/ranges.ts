import type { CheckFailure } from "../check/validate.ts";
import { type Properties, type Value, valueAt } from "../values.ts";

/** [property path, smallest, largest, unit] */
type Range = [path: string, minimum: number, maximum: number, unit?: string];

// AWS: the API references; Azure and Google Cloud: the REST references of each type.
const RANGES: { [type: string]: Range[] } = {
  "aws:sqs/queue:Queue": [
    ["visibilityTimeoutSeconds", 0, 43_200, "seconds"],
    ["messageRetentionSeconds", 60, 1_209_600, "seconds"],
    ["delaySeconds", 0, 900, "seconds"],
    ["receiveWaitTimeSeconds", 0, 20, "seconds"],
    ["maxMessageSize", 1024, 1_048_576, "bytes"],
  ],
  "aws:kms/key:Key": [
    ["deletionWindowInDays", 7, 30, "days"],
    ["rotationPeriodInDays", 90, 2560, "days"],
  ],
  "aws:eks/nodeGroup:NodeGroup": [
    ["scalingConfig.minSize", 0, 450],
    ["scalingConfig.maxSize", 1, 450],
    ["scalingConfig.desiredSize", 0, 450],
  ],
  "aws:iam/role:Role": [["maxSessionDuration", 3600, 43_200, "seconds"]],
  "azure-native:containerservice:AgentPool": [
    ["count", 0, 1000],
    ["minCount", 0, 1000],
    ["maxCount", 1, 1000],
    ["osDiskSizeGB", 0, 2048, "GB"],
    ["maxPods", 10, 250],
  ],
  "azure-native:operationalinsights:Workspace": [["retentionInDays", 7, 730, "days"]],
  "azure-native:network:NatGateway": [["idleTimeoutInMinutes", 4, 120, "minutes"]],
  "gcp:container/nodePool:NodePool": [
    ["autoscaling.totalMinNodeCount", 0, 15_000],
    ["autoscaling.totalMaxNodeCount", 1, 15_000],
    ["maxPodsPerNode", 8, 256],
    ["nodeConfig.diskSizeGb", 10, 65_536, "GB"],
  ],
  "gcp:pubsub/subscription:Subscription": [
    ["ackDeadlineSeconds", 10, 600, "seconds"],
    ["deadLetterPolicy.maxDeliveryAttempts", 5, 100],
  ],
};

/** Pairs of which the first must not be larger than the second. */
const ORDERED: { [type: string]: [smaller: string, larger: string][] } = {
  "aws:eks/nodeGroup:NodeGroup": [
    ["scalingConfig.minSize", "scalingConfig.desiredSize"],
    ["scalingConfig.desiredSize", "scalingConfig.maxSize"],
  ],
  "azure-native:containerservice:AgentPool": [["minCount", "maxCount"]],
  "gcp:container/nodePool:NodePool": [
    ["autoscaling.totalMinNodeCount", "autoscaling.totalMaxNodeCount"],
    ["autoscaling.minNodeCount", "autoscaling.maxNodeCount"],
  ],
};

function numberAt(inputs: Properties, path: string): number | undefined {
  const value: Value | undefined = valueAt(inputs, path.split("."));
  return typeof value === "number" ? value : undefined;
}

/** Numbers outside of what the service takes. */
export function checkRanges(type: string, inputs: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const [path, minimum, maximum, unit] of RANGES[type] ?? []) {
    const value = numberAt(inputs, path);
    if (value !== undefined && (value < minimum || value > maximum))
      failures.push({
        property: path,
        reason: `${value} is not from ${minimum} to ${maximum}${unit ? ` ${unit}` : ""}`,
      });
  }
  for (const [smaller, larger] of ORDERED[type] ?? []) {
    const [low, high] = [numberAt(inputs, smaller), numberAt(inputs, larger)];
    if (low !== undefined && high !== undefined && low > high)
      failures.push({ property: smaller, reason: `${low} is larger than ${larger} (${high})` });
  }
  return failures;
}
