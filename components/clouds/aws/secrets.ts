import { output } from "@pulumi/pulumi";
import type { SecretStore } from "../../cloud.ts";
import type { AwsContext } from "./foundation.ts";
import { grant, type Statement } from "./grants.ts";
import type { AwsKeys } from "./keys.ts";

/** Secrets of Secrets Manager whose names begin with the stack's own; the stack makes none and deletes none. */
export function describeSecrets(context: AwsContext, keys: AwsKeys): SecretStore {
  const { account, arn, names, region } = context;
  // The slash ends the stack's name: the secrets of another stack, whose name begins alike, are not among them.
  const secrets = arn("secretsmanager", `secret:${names.secrets}/*`);
  return {
    url: output(`awssecrets://${account.id}/${names.secrets}?region=${region}`),
    grantRead: (identity) =>
      grant(context, identity, "secrets", [
        { Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: [secrets] },
        ...decrypt(context, keys, secrets),
      ]),
  };
}

/**
 * Secrets that the stack's own key encrypts are read by way of Secrets Manager alone
 * (https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html). AWS's key for them needs no
 * such right.
 */
function decrypt({ region }: AwsContext, { data }: AwsKeys, secrets: string): Statement[] {
  if (data === undefined) return [];
  return [
    {
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: [data.arn],
      Condition: {
        StringEquals: { "kms:ViaService": `secretsmanager.${region}.amazonaws.com` },
        ArnLike: { "kms:EncryptionContext:SecretARN": secrets },
      },
    },
  ];
}
