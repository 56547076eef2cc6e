import { Alias } from "@pulumi/aws/kms/alias.js";
import { Key } from "@pulumi/aws/kms/key.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { AwsContext } from "./foundation.ts";

export interface AwsKeys {
  /** Encrypts the cluster's secrets. */
  cluster: Key;
  /** Encrypts bucket, queues, images and logs in production; elsewhere the services' own keys do. */
  data: Key | undefined;
}

export function createKeys(context: AwsContext): AwsKeys {
  const { dataOptions, parent, production } = context;
  return {
    cluster: createKey(context, "cluster", "Secrets of the cluster", [], { parent }),
    data: production
      ? createKey(context, "data", "Bucket, queues, images and logs", [logStatement(context)], dataOptions)
      : undefined,
  };
}

function createKey(
  context: AwsContext,
  purpose: string,
  description: string,
  statements: object[],
  options: CustomResourceOptions,
): Key {
  const { account, names, parent, production, settings, tags } = context;
  const key = new Key(
    `key-${purpose}`,
    {
      description: `${description} of stack ${settings.stack}`,
      enableKeyRotation: true,
      deletionWindowInDays: production ? 30 : 7,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            // Leaves it to the policies of roles who may use the key.
            Sid: "Account",
            Effect: "Allow",
            Principal: { AWS: `arn:${account.partition}:iam::${account.id}:root` },
            Action: "kms:*",
            Resource: "*",
          },
          ...statements,
        ],
      }),
      tags,
    },
    // Without the key whatever it encrypted is lost.
    { ...options, protect: settings.deletionProtection },
  );
  // Never left behind: its name is for the next key.
  new Alias(`key-${purpose}`, { name: names.keyAlias(purpose), targetKeyId: key.keyId }, { parent });
  return key;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
function logStatement({ arn, region }: AwsContext) {
  return {
    Sid: "Logs",
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    Resource: "*",
    Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": arn("logs", "log-group:*") } },
  };
}
