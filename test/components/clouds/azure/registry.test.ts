import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AzureAccount } from "../../../../components/clouds/azure/account.ts";
import { logInToRegistry } from "../../../../components/clouds/azure/registry-login.ts";
import { development, recordUsedAzure, type useCloud } from "./fixture.ts";

const account: AzureAccount = {
  subscriptionId: "subscription",
  tenantId: "tenant",
  objectId: undefined,
  token: {
    text: "token",
    claims: { resourceManager: "https://management.azure.com", principalType: "User", simulated: false },
  },
};

function answering(status: number, body: object) {
  const asked: { address: string; form: Record<string, string> }[] = [];
  const request = (async (address: string, { body: form }: { body: URLSearchParams }) => {
    asked.push({ address, form: Object.fromEntries(form) });
    return Response.json(body, { status });
  }) as unknown as typeof fetch;
  return { request, asked };
}

describe("login at a registry of azure", () => {
  it("is traded for the provider's own", async () => {
    const { request, asked } = answering(200, { refresh_token: "refresh" });
    const login = await logInToRegistry(account, "skyloom.azurecr.io", request);
    assert.deepEqual(login, { username: "00000000-0000-0000-0000-000000000000", password: "refresh" });
    assert.deepEqual(asked, [
      {
        address: "https://skyloom.azurecr.io/oauth2/exchange",
        form: {
          grant_type: "access_token",
          service: "skyloom.azurecr.io",
          tenant: "tenant",
          access_token: "token",
        },
      },
    ]);
  });

  it("names the registry and the missing role when it is refused", async () => {
    const { request } = answering(401, {});
    await assert.rejects(
      logInToRegistry(account, "skyloom.azurecr.io", request),
      /skyloom\.azurecr\.io.*401.*AcrPush/,
    );
    const empty = answering(200, {});
    await assert.rejects(logInToRegistry(account, "skyloom.azurecr.io", empty.request), /without a token/);
  });

  it("asks nobody without a token, or with one of a simulated provider", async () => {
    const { request, asked } = answering(200, {});
    await logInToRegistry({ ...account, token: undefined }, "skyloom.azurecr.io", request);
    const claims = { resourceManager: "http://127.0.0.1:1", principalType: "User", simulated: true } as const;
    await logInToRegistry({ ...account, token: { text: "token", claims } }, "skyloom.azurecr.io", request);
    assert.deepEqual(asked, []);
  });
});

describe("image of a stack on azure", function () {
  // The types of the SDKs are read once, which takes seconds on a busy machine.
  this.timeout(30_000);
  let projectFolder: string;

  beforeEach(() => {
    projectFolder = mkdtempSync(join(tmpdir(), "skyloom-"));
    mkdirSync(join(projectFolder, "runtime"));
    writeFileSync(join(projectFolder, "runtime", "Dockerfile"), "FROM scratch\n");
  });

  afterEach(() => rmSync(projectFolder, { recursive: true }));

  it("is built from runtime/Dockerfile and pushed to the stack's registry, and runs by digest", async () => {
    const recording = await recordUsedAzure({ ...development, projectFolder, image: undefined });
    const { inputs, outputs, secrets } = recording.one("docker-build:index:Image");
    assert.equal(inputs.dockerfile.location, join(projectFolder, "runtime", "Dockerfile"));
    assert.deepEqual(inputs.platforms, ["linux/amd64"]);
    assert.equal(inputs.push, true);
    const { loginServer } = recording.one("azure-native:containerregistry:Registry").outputs;
    assert.equal(inputs.registries[0].address, loginServer);
    assert.ok(secrets.some((path) => path.startsWith("registries")));
    const result = recording.result as ReturnType<typeof useCloud>;
    assert.equal(String(result.image), `${loginServer}/runtime@${outputs.digest}`);
  });

  it("is the one that the configuration names, and then nothing is built", async () => {
    const recording = await recordUsedAzure(development);
    assert.deepEqual(recording.all("docker-build:index:Image"), []);
    const [container] = recording.one("kubernetes:apps/v1:Deployment").inputs.spec.template.spec.containers;
    assert.equal(container.image, development.image);
  });
});
