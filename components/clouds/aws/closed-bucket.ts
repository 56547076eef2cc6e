import type { Key } from "@pulumi/aws/kms/key.js";
import { Bucket } from "@pulumi/aws/s3/bucket.js";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy.js";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock.js";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning.js";
import type { AwsContext } from "./foundation.ts";

export interface ClosedBucketSettings {
  resourceName: string;
  name: string;
  /** Undefined: encrypted with S3's own key. */
  key: Key | undefined;
  /** Of the bucket's policy, besides that only TLS gets in. */
  statements: object[];
}

/** A bucket with versions that nothing can make public. */
export function createClosedBucket(
  context: AwsContext,
  { resourceName, name, key, statements }: ClosedBucketSettings,
): { bucket: Bucket; policy: BucketPolicy } {
  const { account, parent, production, settings, tags } = context;
  const bucket = new Bucket(
    resourceName,
    // Only a stack for trying things out takes its data along.
    { bucket: name, forceDestroy: settings.environment === "development", tags },
    { parent, protect: production },
  );
  const block = new BucketPublicAccessBlock(
    resourceName,
    {
      bucket: bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    { parent },
  );
  new BucketVersioning(
    resourceName,
    { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
    { parent },
  );
  new BucketServerSideEncryptionConfiguration(
    resourceName,
    {
      bucket: bucket.bucket,
      rules: [
        key === undefined
          ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
          : {
              applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
              // One call to KMS for many objects, instead of one for each.
              bucketKeyEnabled: true,
            },
      ],
    },
    { parent },
  );
  const arn = `arn:${account.partition}:s3:::${name}`;
  const policy = new BucketPolicy(
    resourceName,
    {
      bucket: bucket.bucket,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "OnlyTls",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [arn, `${arn}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
          ...statements,
        ],
      }),
    },
    // S3 refuses two changes of who may do what at the same time.
    { parent, dependsOn: block },
  );
  return { bucket, policy };
}
