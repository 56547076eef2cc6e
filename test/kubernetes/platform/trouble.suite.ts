import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cluster } from "../cluster.ts";
import { required } from "../required.ts";
import { PlatformStack } from "./platform-stack.ts";
import { createStorage } from "./storage.ts";

const MISSING_IMAGE = `@sha256:${"0".repeat(64)}`;

describe("the stack existing in trouble", function () {
  this.timeout(600_000);

  const namespace = `test-${randomBytes(4).toString("hex")}`;
  const others = `others-${randomBytes(4).toString("hex")}`;
  const folder = mkdtempSync(join(tmpdir(), "kubeconfigs-"));
  let cluster: Cluster;
  let stack: PlatformStack;
  let settings: Record<string, unknown>;

  before(async () => {
    cluster = new Cluster();
    stack = new PlatformStack(namespace, await createStorage());
    await stack.prepare({ workflowStorageGib: 1 });
    settings = stack.get("existing") as Record<string, unknown>;
    await cluster.makeNamespace(others);
  });

  after(async () => {
    await cluster.deleteNamespace(namespace);
    await cluster.deleteNamespace(others);
    stack.remove();
    rmSync(folder, { recursive: true });
  });

  /** A configuration that is refused before anything is made. */
  async function refused(existing: Record<string, unknown>, ...says: RegExp[]): Promise<void> {
    stack.set("existing", { ...settings, ...existing });
    const { exitCode, text } = await stack.tryUp();
    stack.set("existing", settings);
    stack.set("gpuPools", []);
    assert.equal(exitCode, 2, text);
    for (const words of says) assert.match(text, words);
    assert.match(text, /nothing was changed/);
    assert.equal(await cluster.get("v1", "Namespace", "", namespace), undefined);
  }

  function kubeconfigFile(content: string): string {
    const file = join(folder, `${randomBytes(4).toString("hex")}.json`);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  }

  it("refuses a cluster that does not answer, and names file and address", async () => {
    const away = { server: "https://127.0.0.1:20999" };
    const kubeconfig = kubeconfigFile(cluster.kubeconfigWith({ token: "any" }, away));
    await refused(
      { kubeconfig },
      /https:\/\/127\.0\.0\.1:20999.*cannot be reached: .*ECONNREFUSED/,
      /kubeconfigs-/,
    );
  });

  it("refuses an expired login, and never shows it", async () => {
    const kubeconfig = kubeconfigFile(cluster.kubeconfigWith({ token: "expired-and-secret" }, {}));
    await refused({ kubeconfig }, /expired or wrong \(401\)/, /^(?![\s\S]*expired-and-secret)/);
  });

  it("names the rights that are missing, each verb on each resource, with all other problems", async () => {
    const kubeconfig = kubeconfigFile(await cluster.kubeconfigOf(others, "nobody"));
    stack.set("gpuPools", [{ name: "l4", accelerator: "l4" }]);
    await refused(
      { kubeconfig },
      /may not create namespaces, patch namespaces.*create deployments\.apps.*list storageclasses.*docs\/existing\.md/,
      /skyloom:gpuPools\[0\]\.accelerator: no node is known to have "l4".*described are: t4/,
    );
  });

  it("names the storage classes that there are", async () => {
    await refused(
      { storageClass: "fast" },
      /skyloom:existing\.storageClass: there is no "fast"; the cluster has \w+/,
    );
  });

  it("says that an image cannot be pulled, and goes on once it is there", async () => {
    const image = required("TEST_IMAGE");
    stack.set("image", image.replace(/@.*/, MISSING_IMAGE));
    const { exitCode, text } = await stack.tryUp();
    assert.equal(exitCode, 2, text);
    assert.match(text, /the image .*@sha256:0{64} cannot be pulled: .*not found/);
    stack.set("image", image);
    await stack.up();
    assert.equal((await stack.status()).exitCode, 0);
  });

  it("says which quota is too small, and goes on once there is room", async () => {
    await cluster.create({
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "few-pods", namespace },
      spec: { hard: { pods: "2" } },
    });
    stack.set("runtimeReplicas", 2);
    const { exitCode, text } = await stack.tryUp();
    assert.equal(exitCode, 2, text);
    assert.match(text, /exceeded quota: few-pods.*limited: pods=2/);
    await cluster.delete("v1", "ResourceQuota", namespace, "few-pods");
    await stack.up();
    assert.equal((await cluster.get("apps/v1", "Deployment", namespace, "runtime"))?.status.readyReplicas, 2);
  });

  it("is destroyed without a trace", async () => {
    const { exitCode, text } = await stack.destroy();
    assert.equal(exitCode, 0, text);
    await cluster.until(async () => (await cluster.everyObject(namespace)).length === 0, "nothing left", 120);
  });
});
