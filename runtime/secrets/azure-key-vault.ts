import { SecretClient, type SecretClientOptions } from "@azure/keyvault-secrets";
import { RestError } from "@azure/storage-blob";
import { azureCredential } from "../azure/credential.ts";
import { azureErrorCode, azureFailure } from "../azure/errors.ts";
import { endpointProblem } from "../azure/service.ts";
import { errorMessage, invalidInput } from "../errors.ts";
import type { SecretFailure } from "./secret-errors.ts";
import { createSecretReader } from "./secret-reader.ts";
import type { SecretStore } from "./secret-store.ts";

export interface AzureKeyVaultOptions {
  url: string;
  vault: string;
  /** `https://HOST[:PORT]` of an emulator, or of a vault in another of Azure's clouds. Default: in the public cloud. */
  endpoint?: string | undefined;
}

type Policy = NonNullable<SecretClientOptions["additionalPolicies"]>[number]["policy"];

/** Of each request by the SDK; four tries. */
const retryOptions = { maxRetries: 3, retryDelayInMs: 300, maxRetryDelayInMs: 5000 };
/** Of each try: the SDK itself waits for ever. */
const tryMilliseconds = 5000;
/** Key Vault counts in windows of ten seconds, and need not say when to come again. */
const throttledMilliseconds = 1000;

/**
 * The secrets of an Azure Key Vault. Who we are is told by an access token (azure/credential.ts), for the resource that
 * the vault itself names.
 * @throws ApiError `invalid-secrets-url` (400).
 */
export function createAzureKeyVault({ url, vault, endpoint }: AzureKeyVaultOptions): SecretStore {
  const message = endpointProblem(endpoint);
  if (message !== undefined)
    throw invalidInput("invalid-secrets-url", [{ path: "secrets", message }], "secrets URL");
  const vaultUrl = endpoint ?? `https://${vault}.vault.azure.net`;
  const client = new SecretClient(vaultUrl, azureCredential(), {
    retryOptions,
    additionalPolicies: [{ policy: eachTry, position: "perRetry" }],
    // The SDK asks whether the resource is a part of the vault's host: so it is in all of Azure's clouds.
    disableChallengeResourceVerification: !new URL(vaultUrl).hostname.startsWith(`${vault.toLowerCase()}.`),
  });
  return createSecretReader({
    url,
    idOf: (name) => `${vaultUrl}/secrets/${name}`,
    permission:
      "Microsoft.KeyVault/vaults/secrets/getSecret/action, as the role Key Vault Secrets User has it,",
    read: async (name) => (await client.getSecret(name)).value ?? "",
    failureOf,
    close: async () => undefined,
  });
}

/** Ends a try that gets no answer, and has one tried again that was refused for throttling. */
const eachTry: Policy = {
  name: "skyloomEachTry",
  async sendRequest(request, next) {
    request.timeout = tryMilliseconds;
    try {
      const response = await next(request);
      if (response.status === 429 && response.headers.get("retry-after") === undefined)
        response.headers.set("retry-after-ms", String(throttledMilliseconds));
      return response;
    } catch (error) {
      const isOver = error instanceof Error && error.name === "AbortError" && !request.abortSignal?.aborted;
      if (!isOver) throw error;
      throw new RestError(`no answer within ${tryMilliseconds / 1000} s`, { code: "ETIMEDOUT" });
    }
  },
};

function failureOf(error: unknown): SecretFailure | undefined {
  const code = azureErrorCode(error);
  // It tells the whole answer.
  if (code === "PARSE_ERROR") return undefined;
  // The SDK's own words: it does not show its token.
  if (error instanceof Error && error.message.startsWith("The challenge resource")) return "access-denied";
  if (code === "SecretNotFound") return "missing";
  if (code === "Forbidden") {
    const message = errorMessage(error);
    // The vault's firewall lets nothing through to it, whichever secret it is.
    if (/trusted service/i.test(message)) return "access-denied";
    return /disabled secret/i.test(message) ? "missing" : "forbidden";
  }
  return azureFailure(error);
}
