import assert from "node:assert/strict";
import { createSecretStore } from "../../../runtime/secrets/create-secret-store.ts";
import { describeRemoteSecretStoreContract } from "../../contracts/secrets.ts";
import { createGoogleFixture, googleCapabilities } from "./google-secret-manager-fixture.ts";

describeRemoteSecretStoreContract({
  name: "google-secret-manager",
  capabilities: googleCapabilities,
  createFixture: createGoogleFixture,
});

describe("Google Secret Manager driver", () => {
  it("says so where there are no credentials", async () => {
    const { GOOGLE_APPLICATION_CREDENTIALS: file } = process.env;
    process.env.GOOGLE_APPLICATION_CREDENTIALS = "/nowhere/credentials.json";
    const store = await createSecretStore(
      "gcpsecrets://skyloom-test/prefix?endpoint=https%3A%2F%2F127.0.0.1%3A1",
    );
    try {
      const refused = {
        status: 503,
        code: "secret-store-access-denied",
        isRetryable: false,
        message: /give the runtime an identity by Workload Identity/,
      };
      await assert.rejects(store.get("key"), refused);
      await assert.rejects(store.check(), refused);
    } finally {
      if (file === undefined) delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
      else process.env.GOOGLE_APPLICATION_CREDENTIALS = file;
      await store.close();
    }
  });
});
