import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureKubernetesProvider, installedKubernetesProvider } from "../../scripts/kubernetes-provider.mjs";

describe("the choice of the Kubernetes provider", () => {
  let home = "";
  const original = { home: process.env.PULUMI_HOME, choice: process.env.SKYLOOM_KUBERNETES_PROVIDER };
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
    process.env.PULUMI_HOME = home;
    process.env.SKYLOOM_KUBERNETES_PROVIDER = "stand-in";
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
    restore("PULUMI_HOME", original.home);
    restore("SKYLOOM_KUBERNETES_PROVIDER", original.choice);
  });

  it("installs the stand-in under the official provider's name and version, once", async () => {
    assert.equal(installedKubernetesProvider(), "missing");
    assert.equal(await ensureKubernetesProvider(), "stand-in");
    const [folder = ""] = readdirSync(join(home, "plugins"));
    assert.match(folder, /^resource-kubernetes-v\d+\.\d+\.\d+$/);
    assert.equal(installedKubernetesProvider(), "stand-in");
    const file = join(home, "plugins", folder, "pulumi-resource-kubernetes");
    writeFileSync(file, `${readFileSync(file, "utf8")}# of an older version\n`);
    assert.equal(await ensureKubernetesProvider(), "stand-in");
    assert.doesNotMatch(readFileSync(file, "utf8"), /older version/);
  });

  it("leaves an official one alone", async () => {
    await ensureKubernetesProvider();
    const [folder = ""] = readdirSync(join(home, "plugins"));
    const file = join(home, "plugins", folder, "pulumi-resource-kubernetes");
    writeFileSync(file, "\x7fELF the official provider");
    assert.equal(await ensureKubernetesProvider(), "official");
    assert.match(readFileSync(file, "utf8"), /the official provider$/);
  });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
