import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAzureKeyVault } from "../../../runtime/secrets/azure-key-vault.ts";
import { createSecretStore } from "../../../runtime/secrets/create-secret-store.ts";
import { describeRemoteSecretStoreContract } from "../../contracts/secrets.ts";
import { createTemporaryFolder } from "../../contracts/temporary-folder.ts";
import {
  azureCapabilities,
  createAzureFixture,
  createFaults,
  jsonError,
  urlAt,
} from "./azure-key-vault-fixture.ts";
import { startKeyVaultServer } from "./azure-key-vault-server.ts";

describeRemoteSecretStoreContract({
  name: "azure-key-vault",
  capabilities: azureCapabilities,
  createFixture: createAzureFixture,
});

describe("Azure Key Vault driver", () => {
  it("answers the vault's challenge once, and reads with its token from then on", async () => {
    const { server, store, put, dispose } = await createAzureFixture();
    await put("key", "the value");
    const before = server.challenges();
    for (let read = 0; read < 3; read += 1) assert.equal(await store.get("key"), "the value");
    assert.equal(server.challenges() - before, 1);
    await dispose({ keep: false });
  });

  for (const [token, isRetryable] of [
    ["expired", true],
    ["revoked", false],
  ] as const)
    it(`says so when it gets no good access token for an identity that is ${token}`, async () => {
      const server = await startKeyVaultServer();
      const folder = await createTemporaryFolder();
      const { AZURE_FEDERATED_TOKEN_FILE: file } = process.env;
      process.env.AZURE_FEDERATED_TOKEN_FILE = join(folder.path, "token");
      await writeFile(process.env.AZURE_FEDERATED_TOKEN_FILE, token);
      const store = await createSecretStore(urlAt(server.url));
      try {
        const refused = { status: 503, code: "secret-store-access-denied", isRetryable };
        await assert.rejects(store.get("key"), refused);
        await assert.rejects(store.check(), refused);
      } finally {
        process.env.AZURE_FEDERATED_TOKEN_FILE = file;
        await folder.remove();
        await server.close();
      }
    });

  it("shows no access token to a vault of Azure's that names a resource elsewhere", async () => {
    const server = await startKeyVaultServer();
    // Begins as the host does: so it is taken for a vault under its own name, and not for an emulator.
    const store = createAzureKeyVault({ url: urlAt(server.url), vault: "127", endpoint: server.url });
    try {
      await assert.rejects(store.get("key"), {
        code: "secret-store-access-denied",
        message: /challenge resource 'vault\.azure\.net' does not match/,
      });
      assert.equal(server.requests(), server.challenges());
    } finally {
      await server.close();
    }
  });

  it("takes a vault whose firewall lets nothing through for one that is not reached", async () => {
    const message =
      "Client address is not authorized and caller is not a trusted service.\r\nClient address: 203.0.113.7";
    const server = await startKeyVaultServer();
    const blocked = await createFaults(server.url, jsonError(403, "Forbidden", message));
    blocked.throttle(Number.POSITIVE_INFINITY);
    const store = await createSecretStore(urlAt(blocked.url));
    try {
      const refused = { code: "secret-store-access-denied", isRetryable: false, message: /Client address/ };
      await assert.rejects(store.get("key"), refused);
      await assert.rejects(store.check(), refused);
    } finally {
      await blocked.close();
      await server.close();
    }
  });

  it("says so when the vault is not known", async () => {
    const store = await createSecretStore(urlAt("https://kv-skyloom-test.vault.example.invalid"));
    await assert.rejects(store.get("key"), {
      code: "secret-store-unavailable",
      message: /kv-skyloom-test\.vault\.example\.invalid/,
    });
  });
});
