import { ProjectBucketConfig } from "@pulumi/gcp/logging/projectBucketConfig.js";
import { ProjectExclusion } from "@pulumi/gcp/logging/projectExclusion.js";
import { ProjectSink } from "@pulumi/gcp/logging/projectSink.js";
import { interpolate, type Output } from "@pulumi/pulumi";
import type { GcpContext } from "./foundation.ts";
import type { EnabledServices } from "./services.ts";

/**
 * A log bucket of the stack's own with its own retention; the stack's logs go there and not to the project's default
 * bucket, which would keep them a second time. Audit logs stay where Google keeps them, for 400 days.
 * @returns the address of the logs in the console.
 */
export function createLogs(context: GcpContext, enabled: EnabledServices): Output<string> {
  const { names, parent, project, region, settings } = context;
  const filter = stackFilter(context);
  const bucket = new ProjectBucketConfig(
    "logs",
    {
      project: project.id,
      location: region,
      bucketId: names.logs,
      description: `Logs of stack ${settings.stack}`,
      retentionDays: settings.logRetentionDays,
    },
    { parent, dependsOn: enabled("logging") },
  );
  const sink = new ProjectSink(
    "logs",
    {
      project: project.id,
      name: names.logs,
      destination: interpolate`logging.googleapis.com/${bucket.id}`,
      filter,
      uniqueWriterIdentity: true,
    },
    { parent },
  );
  new ProjectExclusion(
    "logs",
    { project: project.id, name: names.logs, filter, description: `Kept in ${names.logs}` },
    { parent, dependsOn: sink },
  );
  return interpolate`https://console.cloud.google.com/logs/query;storageScope=storage,${bucket.id}%2Fviews%2F_AllLogs?project=${project.id}`;
}

function stackFilter({ names, region }: GcpContext): string {
  return [
    `(resource.labels.cluster_name="${names.cluster}" AND resource.labels.location="${region}")`,
    `(resource.type="gce_subnetwork" AND resource.labels.subnetwork_name="${names.subnetwork}")`,
    `(resource.type="nat_gateway" AND resource.labels.gateway_name="${names.nat}")`,
  ].join(" OR ");
}
