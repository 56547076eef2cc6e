import { fileURLToPath } from "node:url";
import { parseUrl, urlProblems } from "../back-end-url.ts";
import { invalidInput } from "../errors.ts";
import type { SecretStore } from "./secret-store.ts";
import { secretUrlForms } from "./secret-urls.ts";

/**
 * Opens a store of secrets by its URL (secret-urls.ts); only the driver that it names is loaded, and nothing is read yet.
 * @throws ApiError `invalid-secrets-url` (400).
 */
export async function createSecretStore(url: string): Promise<SecretStore> {
  const result = parseUrl(url, secretUrlForms);
  if ("problems" in result)
    throw invalidInput("invalid-secrets-url", urlProblems("secrets", url, result.problems), "secrets URL");
  const { protocol, place, parameters } = result.parsed;
  switch (protocol) {
    case "file:": {
      const { createLocalSecretStore } = await import("./local.ts");
      return createLocalSecretStore({ url, folder: fileURLToPath(url) });
    }
    case "awssecrets:": {
      const { createAwsSecretsManager } = await import("./aws-secrets-manager.ts");
      const { account, prefix } = place;
      return createAwsSecretsManager({
        url,
        account: String(account),
        prefix: String(prefix),
        ...parameters,
      });
    }
    case "azkeyvault:": {
      const { createAzureKeyVault } = await import("./azure-key-vault.ts");
      return createAzureKeyVault({ url, vault: String(place.vault), ...parameters });
    }
    case "gcpsecrets:": {
      const { createGoogleSecretManager } = await import("./google-secret-manager.ts");
      const { project, prefix } = place;
      return createGoogleSecretManager({
        url,
        project: String(project),
        prefix: String(prefix),
        ...parameters,
      });
    }
  }
}
