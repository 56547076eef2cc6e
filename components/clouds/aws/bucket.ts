import type { Bucket as StorageBucket } from "@pulumi/aws/s3/bucket.js";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration.js";
import { BucketLogging } from "@pulumi/aws/s3/bucketLogging.js";
import { interpolate } from "@pulumi/pulumi";
import type { Bucket } from "../../cloud.ts";
import { LARGE_MESSAGES } from "../../large-messages.ts";
import { createClosedBucket } from "./closed-bucket.ts";
import type { AwsContext } from "./foundation.ts";
import { grant, keyStatements, type Statement } from "./grants.ts";
import type { AwsKeys } from "./keys.ts";

/** The stack's bucket, and a second one for the log of who used it. */
export function createBucket(context: AwsContext, keys: AwsKeys): Bucket {
  const { account, dataOptions, names, production } = context;
  const { bucket } = createClosedBucket(context, {
    resourceName: "bucket",
    name: names.bucket,
    key: keys.data,
    statements: [],
  });
  // Versions that were replaced or deleted go after a while, uploads that were given up after a week, data of messages
  // when no queue holds a message for so long.
  new BucketLifecycleConfiguration(
    "bucket",
    {
      bucket: bucket.bucket,
      rules: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: { prefix: "" },
          noncurrentVersionExpiration: { noncurrentDays: production ? 90 : 14 },
          expiration: { expiredObjectDeleteMarker: true },
        },
        {
          id: "abandoned-uploads",
          status: "Enabled",
          filter: { prefix: "" },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
        {
          id: "large-messages",
          status: "Enabled",
          filter: { prefix: LARGE_MESSAGES.prefix },
          expiration: { days: LARGE_MESSAGES.days },
        },
      ],
    },
    dataOptions,
  );
  logAccess(context, bucket);

  const place = `arn:${account.partition}:s3:::${names.bucket}`;
  const allow = (actions: string[], resource: string): Statement => ({
    Effect: "Allow",
    Action: actions,
    Resource: [resource],
  });
  return {
    url: interpolate`s3://${bucket.bucket}?region=${context.region}`,
    snapshots: {
      destination: interpolate`s3://${bucket.bucket}`,
      environment: { RESTATE_WORKER__SNAPSHOTS__AWS_REGION: context.region },
    },
    grantRead: (identity) =>
      grant(context, identity, "bucket-read", [
        allow(["s3:ListBucket"], place),
        allow(["s3:GetObject"], `${place}/*`),
        ...keyStatements(keys, "read"),
      ]),
    grantReadWrite: (identity) =>
      grant(context, identity, "bucket-read-write", [
        allow(["s3:ListBucket", "s3:ListBucketMultipartUploads"], place),
        allow(
          [
            "s3:GetObject",
            "s3:PutObject",
            "s3:DeleteObject",
            "s3:AbortMultipartUpload",
            "s3:ListMultipartUploadParts",
          ],
          `${place}/*`,
        ),
        ...keyStatements(keys, "write"),
      ]),
  };
}

function logAccess(context: AwsContext, bucket: StorageBucket): void {
  const { account, dataOptions, names, settings } = context;
  const { bucket: logs, policy } = createClosedBucket(context, {
    resourceName: "bucket-logs",
    name: names.logBucket,
    // S3 delivers access logs to no bucket that another key than its own encrypts
    // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html).
    key: undefined,
    statements: [
      {
        Sid: "AccessLogs",
        Effect: "Allow",
        Principal: { Service: "logging.s3.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: `arn:${account.partition}:s3:::${names.logBucket}/*`,
        Condition: {
          ArnEquals: { "aws:SourceArn": `arn:${account.partition}:s3:::${names.bucket}` },
          StringEquals: { "aws:SourceAccount": account.id },
        },
      },
    ],
  });
  new BucketLifecycleConfiguration(
    "bucket-logs",
    {
      bucket: logs.bucket,
      rules: [
        {
          id: "old-logs",
          status: "Enabled",
          filter: { prefix: "" },
          expiration: { days: settings.logRetentionDays },
          noncurrentVersionExpiration: { noncurrentDays: 1 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
        {
          id: "large-messages",
          status: "Enabled",
          filter: { prefix: LARGE_MESSAGES.prefix },
          expiration: { days: LARGE_MESSAGES.days },
        },
      ],
    },
    dataOptions,
  );
  new BucketLogging(
    "bucket",
    { bucket: bucket.bucket, targetBucket: logs.bucket, targetPrefix: "access/" },
    { ...dataOptions, dependsOn: policy },
  );
}
