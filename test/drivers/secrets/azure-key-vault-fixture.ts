import { readFileSync } from "node:fs";
import { SecretClient } from "@azure/keyvault-secrets";
import { azureCredential } from "../../../runtime/azure/credential.ts";
import { createSecretStore } from "../../../runtime/secrets/create-secret-store.ts";
import {
  marker,
  type RemoteSecretStoreFixture,
  type SecretStoreCapabilities,
} from "../../contracts/secrets.ts";
import { emulatorUrl } from "../emulator.ts";
import { createHttpFaults, type ErrorAnswer } from "../http-faults.ts";
import { type KeyVaultServer, startKeyVaultServer } from "./azure-key-vault-server.ts";
import { startSilentServer } from "./silent-server.ts";

export const azureCapabilities: SecretStoreCapabilities = {
  holdsBytes: { supported: false, reason: "a secret of Key Vault is text" },
  // https://learn.microsoft.com/azure/key-vault/secrets/about-secrets
  maximumBytes: 25_600,
};

const vault = "kv-skyloom-test";
export const urlAt = (endpoint: string) => `azkeyvault://${vault}?endpoint=${encodeURIComponent(endpoint)}`;

export const jsonError = (status: number, code: string, message: string) => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify({ error: { code, message } }),
});

/** Without the header that says when to come again: Key Vault need not send it. */
const answers = {
  throttled: jsonError(
    429,
    "Throttled",
    "Request was not processed because too many requests were received.",
  ),
  expired: jsonError(
    401,
    "Unauthorized",
    "AKV10008: Error validating token: IDX10223: the token is expired.",
  ),
};

const garbled: ErrorAnswer = {
  status: 200,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: `${marker} is no JSON`,
};

/** A way to the vault that can be broken. */
export function createFaults(target: string, throttled: ErrorAnswer = answers.throttled) {
  return createHttpFaults(
    target,
    { ...answers, throttled },
    {
      cert: readFileSync(emulatorUrl("SKYLOOM_TEST_AZURE_CERTIFICATE")),
      key: readFileSync(emulatorUrl("SKYLOOM_TEST_AZURE_KEY")),
    },
  );
}

export async function createAzureFixture(): Promise<RemoteSecretStoreFixture & { server: KeyVaultServer }> {
  const server = await startKeyVaultServer();
  const refusing = await startKeyVaultServer({ mayRead: false });
  const silentServer = await startSilentServer();
  const faults = await createFaults(server.url);
  const garbling = await createFaults(server.url, garbled);
  garbling.throttle(Number.POSITIVE_INFINITY);
  const admin = new SecretClient(server.url, azureCredential(), {
    disableChallengeResourceVerification: true,
  });
  const stores = {
    store: await createSecretStore(urlAt(server.url)),
    behindFaults: await createSecretStore(urlAt(faults.url)),
    denied: await createSecretStore(urlAt(refusing.url)),
    garbled: await createSecretStore(urlAt(garbling.url)),
    silent: await createSecretStore(urlAt(`https://${silentServer.host}`)),
    unreachable: await createSecretStore(urlAt("https://127.0.0.1:1")),
  };
  return {
    ...stores,
    server,
    url: urlAt(server.url),
    capabilities: azureCapabilities,
    faults,
    permission: /vaults\/secrets\/getSecret\/action.* on https:.*\/secrets\/key: Caller is not authorized/,
    async put(name, value) {
      if (typeof value !== "string") throw new TypeError("setSecret takes text");
      await admin.setSecret(name, value);
    },
    async remove(name) {
      await (await admin.beginDeleteSecret(name)).pollUntilDone();
    },
    async makeUnreadable(name) {
      const { properties } = await admin.getSecret(name);
      await admin.updateSecretProperties(name, String(properties.version), { enabled: false });
    },
    async dispose() {
      await Promise.all(Object.values(stores).map((store) => store.close()));
      await Promise.all([faults, garbling, server, refusing, silentServer].map((each) => each.close()));
    },
  };
}
