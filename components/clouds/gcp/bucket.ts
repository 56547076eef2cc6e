import { Bucket as StorageBucket } from "@pulumi/gcp/storage/bucket.js";
import { BucketIAMMember } from "@pulumi/gcp/storage/bucketIAMMember.js";
import { interpolate } from "@pulumi/pulumi";
import type { Bucket, Grant, WorkloadIdentity } from "../../cloud.ts";
import { LARGE_MESSAGES } from "../../large-messages.ts";
import type { GcpContext } from "./foundation.ts";
import { grant } from "./grants.ts";
import type { GcpKeys } from "./keys.ts";
import type { EnabledServices } from "./services.ts";

const DAYS = 24 * 3600;

/** A bucket that nothing can make public; HTTPS only, as Cloud Storage knows no other way with IAM. */
export function createBucket(
  context: GcpContext,
  enabled: EnabledServices,
  keys: GcpKeys | undefined,
): Bucket {
  const { dataOptions, names, labels, parent, project, production, region, settings } = context;
  const bucket = new StorageBucket(
    "bucket",
    {
      project: project.id,
      name: names.bucket,
      location: region.toUpperCase(),
      storageClass: "STANDARD",
      labels,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      versioning: { enabled: true },
      softDeletePolicy: { retentionDurationSeconds: (production ? 30 : 7) * DAYS },
      lifecycleRules: lifecycleRules(production),
      ...(keys && { encryption: { defaultKmsKeyName: keys.data.id } }),
      forceDestroy: !settings.retainData,
    },
    {
      ...dataOptions,
      protect: settings.deletionProtection,
      dependsOn: [enabled("storage"), ...(keys?.data.dependsOn ?? [])],
    },
  );

  const give = (identity: WorkloadIdentity, what: string, role: string): Grant =>
    grant(identity, (member) => [
      new BucketIAMMember(
        `grant-bucket-${what}-${identity.name}`,
        { bucket: bucket.name, role, member },
        { parent },
      ),
    ]);
  return {
    url: interpolate`gs://${bucket.name}`,
    snapshots: { destination: interpolate`gs://${bucket.name}`, environment: {} },
    grantRead: (identity) => give(identity, "read", "roles/storage.objectViewer"),
    grantReadWrite: (identity) => give(identity, "read-write", "roles/storage.objectUser"),
  };
}

/** Versions that were replaced or deleted go after a while; uploads that were given up go after a week. */
function lifecycleRules(production: boolean) {
  return [
    {
      action: { type: "Delete" },
      condition: { daysSinceNoncurrentTime: production ? 90 : 14, withState: "ARCHIVED" },
    },
    { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
    // Data of messages, when no queue holds a message for so long.
    {
      action: { type: "Delete" },
      condition: { age: LARGE_MESSAGES.days, matchesPrefixes: [LARGE_MESSAGES.prefix] },
    },
  ];
}
