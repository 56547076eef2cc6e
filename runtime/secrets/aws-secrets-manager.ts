import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from "@aws-sdk/client-secrets-manager";
import { awsFailure } from "../aws-errors.ts";
import { ApiError, invalidInput } from "../errors.ts";
import type { SecretFailure } from "./secret-errors.ts";
import { createSecretReader } from "./secret-reader.ts";
import type { SecretStore } from "./secret-store.ts";

export interface AwsSecretsManagerOptions {
  url: string;
  /** That the secrets are in: an answer from another one is refused. */
  account: string;
  /** Before the `/` of each secret's name. */
  prefix: string;
  /** Default: AWS_REGION, or the profile's. */
  region?: string | undefined;
  /** Default: the region's. */
  endpoint?: string | undefined;
}

/** Of each try; the SDK makes three. */
const tryMilliseconds = 5000;

/**
 * AWS Secrets Manager. Credentials come from the SDK's default chain, in a cluster from the pod's identity.
 * @throws ApiError `invalid-secrets-url` (400) where no region is known.
 */
export async function createAwsSecretsManager(options: AwsSecretsManagerOptions): Promise<SecretStore> {
  const { url, account, prefix } = options;
  const client = new SecretsManagerClient(clientConfig(options));
  await client.config.region().catch(() => {
    const message = "parameter region is required where AWS_REGION is not set";
    throw invalidInput("invalid-secrets-url", [{ path: "secrets", message }], "secrets URL");
  });
  const idOf = (name: string) => `${prefix}/${name}`;

  return createSecretReader({
    url,
    idOf,
    permission: "secretsmanager:GetSecretValue, and kms:Decrypt where the secret has a key of its own,",
    async read(name) {
      const { ARN, SecretString, SecretBinary } = await client.send(
        new GetSecretValueCommand({ SecretId: idOf(name) }),
      );
      const owner = ARN?.split(":")[4];
      if (owner !== account) throw wrongAccount(url, owner);
      return SecretString ?? SecretBinary ?? "";
    },
    failureOf,
    close: async () => client.destroy(),
  });
}

function clientConfig({ region, endpoint }: AwsSecretsManagerOptions): SecretsManagerClientConfig {
  return {
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    requestHandler: {
      connectionTimeout: tryMilliseconds,
      requestTimeout: tryMilliseconds,
      throwOnRequestTimeout: true,
    },
  };
}

function failureOf(error: unknown): SecretFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  // The second tells of a secret that is going to be deleted.
  if (["ResourceNotFoundException", "InvalidRequestException"].includes(error.name)) return "missing";
  if (["AccessDeniedException", "DecryptionFailure"].includes(error.name)) return "forbidden";
  return awsFailure(error);
}

function wrongAccount(url: string, owner: string | undefined): ApiError {
  return new ApiError(
    `secret store ${url} is in another account than the runtime's identity, which read from ${owner ?? "none"}`,
    { status: 503, code: "secret-store-access-denied", isRetryable: false },
  );
}
