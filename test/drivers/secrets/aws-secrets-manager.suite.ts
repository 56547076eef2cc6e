import assert from "node:assert/strict";
import { createSecretStore } from "../../../runtime/secrets/create-secret-store.ts";
import { describeRemoteSecretStoreContract } from "../../contracts/secrets.ts";
import { moto, region } from "../aws.ts";
import { awsCapabilities, createAwsFixture } from "./aws-secrets-manager-fixture.ts";

describeRemoteSecretStoreContract({
  name: "aws-secrets-manager",
  capabilities: awsCapabilities,
  createFixture: createAwsFixture,
});

describe("AWS Secrets Manager driver", () => {
  it("refuses what comes from another account than the one that is configured", async () => {
    const fixture = await createAwsFixture();
    const [, prefix] = /^awssecrets:\/\/\d+\/(.*)\?/.exec(fixture.url) ?? [];
    const endpoint = encodeURIComponent(moto());
    const other = await createSecretStore(
      `awssecrets://999999999999/${prefix}?region=${region}&endpoint=${endpoint}`,
    );
    try {
      await fixture.put("key", "value of another account");
      await assert.rejects(other.get("key"), {
        code: "secret-store-access-denied",
        message: /another account .* 123456789012/,
      });
    } finally {
      await other.close();
      await fixture.dispose({ keep: false });
    }
  });
});
