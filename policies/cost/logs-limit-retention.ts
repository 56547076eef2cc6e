import { shown } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";

const logGroup = "aws:cloudwatch/logGroup:LogGroup";

/** CloudWatch keeps logs for ever where nobody says how long (0 or missing); the other two keep them 30 days. */
export const logsLimitRetention: ResourceRule = {
  name: "logs-limit-retention",
  description: "Logs are not kept for ever, nor longer than configured.",
  severity: "low",
  remediationSteps: "Set retentionInDays or retentionDays.",
  settings: ["maximumLogRetentionDays"],
  types: [logGroup, "azure-native*:operationalinsights*:Workspace", "gcp:logging/*BucketConfig"],
  check({ type, props, settings }, report) {
    const days = props.retentionInDays ?? props.retentionDays;
    const isForEver = type === logGroup && !days;
    if (isForEver || days > settings.maximumLogRetentionDays)
      report(
        `logs are kept ${isForEver ? "for ever" : `${shown(days)} days`}, allowed are ${settings.maximumLogRetentionDays}`,
      );
  },
};
