import assert from "node:assert/strict";
import { createSecretStore } from "../../../runtime/secrets/create-secret-store.ts";

describe("createSecretStore", () => {
  for (const [url, message] of [
    [
      "",
      /file:\/\/\/absolute\/folder.*awssecrets:\/\/ACCOUNT\/PREFIX.*azkeyvault:\/\/VAULT.*gcpsecrets:\/\//,
    ],
    ["/folder", /must be/],
    ["file://host/folder", /must be/],
    ["file:///folder?x=1", /has no parameter x/],
    ["awssecrets://123/prefix", /must be/],
    ["awssecrets://123456789012", /must be/],
    ["awssecrets://123456789012/prefix/", /must be/],
    ["awssecrets://123456789012/prefix?region=Europe", /region must be the name of a region/],
    ["awssecrets://123456789012/prefix?endpoint=host", /endpoint must be http/],
    ["awssecrets://key:secret@123456789012/prefix", /must hold no user and password/],
    ["azkeyvault://ab", /must be/],
    ["azkeyvault://double--hyphen", /must be/],
    ["azkeyvault://vault/prefix", /must be/],
    ["azkeyvault://vault?endpoint=http%3A%2F%2F127.0.0.1%3A1", /must be https/],
    ["gcpsecrets://my-project", /must be/],
    ["gcpsecrets://my-project/a.b", /must be/],
    ["gcpsecrets://my-project/prefix?region=x", /has no parameter region/],
  ] as const)
    it(`refuses ${JSON.stringify(url)}, and says what is allowed`, async () => {
      await assert.rejects(createSecretStore(url), {
        name: "ApiError",
        status: 400,
        code: "invalid-secrets-url",
        message,
      });
    });

  for (const url of [
    "file:///run/secrets",
    "awssecrets://123456789012/skyloom/prod?region=eu-west-1",
    "azkeyvault://kv-skyloom-1",
    "azkeyvault://Vault?endpoint=https%3A%2F%2Fvault.vault.azure.cn",
    "gcpsecrets://my-project/skyloom-prod",
    "gcpsecrets://my-project/skyloom_prod?endpoint=https%3A%2F%2Fsecretmanager.googleapis.com",
  ])
    it(`opens ${url} without a connection`, async () => {
      const store = await createSecretStore(url);
      await assert.rejects(store.get("Bad"), { code: "invalid-secret-name" });
      await store.close();
    });

  it("needs a region at AWS", async () => {
    const { AWS_REGION, AWS_CONFIG_FILE } = process.env;
    delete process.env.AWS_REGION;
    process.env.AWS_CONFIG_FILE = "/nowhere";
    try {
      await assert.rejects(createSecretStore("awssecrets://123456789012/prefix"), {
        code: "invalid-secrets-url",
        message: /region is required/,
      });
    } finally {
      if (AWS_REGION !== undefined) process.env.AWS_REGION = AWS_REGION;
      if (AWS_CONFIG_FILE === undefined) delete process.env.AWS_CONFIG_FILE;
      else process.env.AWS_CONFIG_FILE = AWS_CONFIG_FILE;
    }
  });
});
