import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findAccess } from "../../../simulator/kubernetes-api/kubeconfig.ts";
import { replacingOptions } from "../../../simulator/kubernetes-api/replacing-options.ts";

const config = (server: string, token = "a") =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "main",
    contexts: [
      { name: "main", context: { cluster: "one", user: "jane", namespace: "shop" } },
      { name: "broken", context: { cluster: "none", user: "jane" } },
    ],
    clusters: [{ name: "one", cluster: { server } }],
    users: [{ name: "jane", user: { token } }],
  });
const SERVER = "https://cluster.example:6443";

describe("kubeconfig", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  after(() => rmSync(folder, { recursive: true }));

  it("is taken from the option, as contents or as a path, before KUBECONFIG", () => {
    const path = join(folder, "config");
    writeFileSync(path, config(SERVER));
    for (const kubeconfig of [config(SERVER), path]) {
      const access = findAccess({ kubeconfig }, { KUBECONFIG: "/no/such/file" });
      assert.equal(access.description, `cluster "one" (${SERVER}), user "jane"`);
    }
    assert.equal(findAccess({}, { KUBECONFIG: path }).namespace, "shop");
    assert.equal(findAccess({ namespace: "own" }, { KUBECONFIG: path }).namespace, "own");
  });

  it("says what is wrong, without its contents", () => {
    const find =
      (kubeconfig: string, more: object = {}) =>
      () =>
        findAccess({ kubeconfig, ...more }, {});
    assert.throws(find("/no/such/file"), /there is no file \/no\/such\/file/);
    assert.throws(find("clusters:\n - : : {"), /the option kubeconfig cannot be read/);
    assert.throws(find("apiVersion: v1\nkind: Config\n"), /defines no cluster/);
    assert.throws(find(config(SERVER), { context: "other" }), /no context "other".*one of main, broken/);
    assert.throws(
      find(config(SERVER), { context: "broken" }),
      /the cluster "none", which it does not define/,
    );
    assert.throws(find(config(SERVER), { cluster: "two" }), /there is no cluster "two": it defines one/);
  });

  it("of another cluster replaces the provider, a new token or the same identifier does not", () => {
    const olds = { kubeconfig: config(SERVER) };
    assert.deepEqual(replacingOptions(olds, { kubeconfig: config(SERVER, "b") }), []);
    const other = { kubeconfig: config("https://other.example") };
    assert.deepEqual(replacingOptions(olds, other), ["kubeconfig"]);
    const named = (clusterIdentifier: string) => ({ clusterIdentifier });
    assert.deepEqual(replacingOptions({ ...olds, ...named("a") }, { ...other, ...named("a") }), []);
    assert.deepEqual(replacingOptions({ ...olds, ...named("a") }, { ...olds, ...named("b") }), [
      "clusterIdentifier",
    ]);
    assert.deepEqual(replacingOptions(olds, { ...olds, ...named("a") }), []);
  });
});
