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

/** A bucket with versions that nothing can make public, also when the stack is gone and leaves it. */
export function createClosedBucket(
  context: AwsContext,
  { resourceName, name, key, statements }: ClosedBucketSettings,
): { bucket: Bucket; policy: BucketPolicy } {
  const { account, dataOptions, settings, tags } = context;
  const bucket = new Bucket(
    resourceName,
    { bucket: name, forceDestroy: !settings.retainData, tags },
    { ...dataOptions, protect: settings.deletionProtection },
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
    dataOptions,
  );
  new BucketVersioning(
    resourceName,
    { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
    dataOptions,
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
    dataOptions,
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
    { ...dataOptions, dependsOn: block },
  );
  return { bucket, policy };
}
