import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { configMap, deployment } from "./objects.ts";
import type { Declared } from "./program/declared.ts";
import { KubernetesWorkspace } from "./workspace.ts";

describe("the stand-in for the Kubernetes provider: access to the cluster", function () {
  this.timeout(300_000);
  const workspace = new KubernetesWorkspace();
  const { cluster, namespace } = workspace;
  before(() => workspace.start());
  after(() => workspace.stop());

  async function preview(kubeconfig: string, options: object = {}): Promise<string> {
    workspace.provider = { kubeconfig, ...options };
    workspace.declare([configMap("settings", { a: "1" }, { metadata: { name: "settings" } })]);
    const { exitCode, output } = await workspace.run(["preview"]);
    assert.notEqual(exitCode, 0);
    assert.doesNotMatch(output, /no-such-token/);
    return output;
  }

  it("no API server at the address: names cluster, user and address, already in the preview", async () => {
    const port = await freePort();
    const output = await preview(
      cluster.kubeconfigWith({ token: "no-such-token" }, { server: `https://127.0.0.1:${port}` }),
    );
    assert.match(
      output,
      new RegExp(
        `cluster "the-cluster" \\(https://127.0.0.1:${port}\\), user "the-user": connection refused`,
      ),
    );
  });

  it("a token that is not valid (any more)", async () => {
    const output = await preview(cluster.kubeconfigWith({ token: "no-such-token" }, {}));
    assert.match(output, /user "the-user": the API server does not accept the credentials \(401\)/);
  });

  it("a certificate of another authority", async () => {
    const { rootCertificates } = await import("node:tls");
    const other = new X509Certificate(rootCertificates[0] ?? "").toString();
    const data = { "certificate-authority-data": Buffer.from(other).toString("base64") };
    assert.match(
      await preview(cluster.kubeconfigWith({ token: "no-such-token" }, data)),
      /its certificate is not to be trusted/,
    );
  });

  it("a context, or a file, that is not there", async () => {
    const kubeconfig = cluster.kubeconfigWith({ token: "no-such-token" }, {});
    assert.match(await preview(kubeconfig, { context: "other" }), /there is no context "other".*one of it/);
    assert.match(await preview("/no/such/kubeconfig"), /kubeconfig: there is no file \/no\/such\/kubeconfig/);
  });

  it("missing rights: which verb, on what, where; up succeeds when they are given", async () => {
    const kubeconfig = await cluster.kubeconfigOf(namespace, "limited");
    const output = await preview(kubeconfig);
    assert.match(
      output,
      new RegExp(
        `user "system:serviceaccount:${namespace}:limited" may not get configmaps in the namespace "${namespace}"`,
      ),
    );
    await cluster.create({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "limited", namespace },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" },
      subjects: [{ kind: "ServiceAccount", name: "limited", namespace }],
    });
    const up = await workspace.run(["up", "--yes", "--skip-preview"]);
    assert.equal(up.exitCode, 0, up.output);
  });

  it("another kubeconfig for the same cluster changes no object, when the program names the cluster", async () => {
    const objects = [configMap("settings", { a: "1" }, { metadata: { name: "settings" } })];
    workspace.provider = { kubeconfig: cluster.config.exportConfig(), clusterIdentifier: "the-cluster" };
    const { exitCode, output } = await workspace.up(objects);
    assert.equal(exitCode, 0, output);
    const path = join(workspace.folder, "kubeconfig");
    writeFileSync(path, cluster.config.exportConfig());
    workspace.provider = { kubeconfig: path, clusterIdentifier: "the-cluster" };
    assert.deepEqual(await workspace.changes(objects), ["update cluster"]);
  });

  it("a replacement of the provider, or of an object on demand, goes on with what has a fixed name", async () => {
    const objects = [configMap("settings", { a: "1" }, { metadata: { name: "settings" } })];
    const find = () => cluster.get("v1", "ConfigMap", namespace, "settings");
    const uid = (await find())?.metadata?.uid;
    workspace.provider = { kubeconfig: cluster.config.exportConfig(), clusterIdentifier: "another" };
    const replaced = await workspace.up(objects);
    assert.equal(replaced.exitCode, 0, replaced.output);
    assert.match(replaced.output, /made for this same resource/);
    assert.equal((await find())?.metadata?.uid, uid);
    const target = (await workspace.state()).find(({ type }) => type.endsWith(":ConfigMap"))?.urn ?? "";
    const { exitCode, output } = await workspace.up(objects, "--target-replace", target);
    assert.equal(exitCode, 0, output);
    assert.equal((await find())?.metadata?.uid, uid);
    const managers = (await find())?.metadata?.managedFields?.map(({ manager }) => manager) ?? [];
    assert.equal(managers.length, 1, managers.join(", "));
    assert.deepEqual(await workspace.changes(objects), []);
    await workspace.run(["destroy", "--yes", "--skip-preview"]);
    assert.equal(await find(), undefined);
  });

  it("refuses what only the official provider has, by name", async () => {
    workspace.provider = undefined;
    const release: Declared = {
      resourceName: "release",
      apiVersion: "helm.sh/v3",
      kind: "Release",
      chart: "keda",
    };
    workspace.declare([release]);
    assert.match((await workspace.run(["preview"])).output, /install the official one/);
  });
});

describe("the stand-in for the Kubernetes provider: order, mistakes and interruptions", function () {
  this.timeout(300_000);
  const workspace = new KubernetesWorkspace();
  const { cluster, namespace } = workspace;
  const group = `${namespace}.example.com`;
  let image = "";
  before(async () => {
    await workspace.start();
    image = await cluster.idleImage();
  });
  after(() => workspace.stop());
  afterEach(() => workspace.run(["destroy", "--yes", "--skip-preview"]));

  it("previews and makes a namespace, a definition and objects of both in one update", async () => {
    const own: Declared = {
      resourceName: "own",
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: `${namespace}-own` },
    };
    const definition: Declared = {
      resourceName: "definition",
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `gadgets.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { plural: "gadgets", singular: "gadget", kind: "Gadget" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: "object",
                properties: { spec: { type: "object", x_kubernetes_preserve_unknown_fields: true } },
              },
            },
          },
        ],
      },
    };
    const inside = { name: "one", namespace: { $of: "own", path: "metadata.name" } };
    const gadget: Declared = {
      resourceName: "gadget",
      apiVersion: `${group}/v1`,
      kind: "Gadget",
      metadata: inside,
      spec: { size: 1 },
      dependsOn: ["definition"],
    };
    const objects = [own, definition, gadget, configMap("settings", { a: "1" }, { metadata: inside })];
    const steps = await workspace.changes(objects);
    assert.equal(steps.filter((step) => step.startsWith("create ")).length, 5);
    const { exitCode, output } = await workspace.up(objects);
    assert.equal(exitCode, 0, output);
    assert.equal((await cluster.get(`${group}/v1`, "Gadget", `${namespace}-own`, "one"))?.spec.size, 1);
    assert.deepEqual(await workspace.changes(objects), []);
  });

  it("names a kind that the cluster does not know, and a property that the SDK does not have", async () => {
    const unknown: Declared = {
      resourceName: "scaler",
      apiVersion: "no-such.example.com/v1",
      kind: "Scaler",
      spec: {},
    };
    assert.match(
      (await workspace.up([unknown])).output,
      /the cluster does not know no-such\.example\.com\/v1 Scaler/,
    );
    const wrong = deployment("web", image, { terminationGraceSeconds: 1 });
    assert.match((await workspace.up([wrong])).output, /unknown property 'terminationGraceSeconds'/);
  });

  it("an interrupted wait keeps the object, and the next up goes on", async () => {
    const web = deployment("web", image, { nodeSelector: { nowhere: "yes" } });
    workspace.declare([web]);
    const child = workspace.begin(["up", "--yes", "--skip-preview"]);
    const finished = workspace.finish(child);
    await cluster.until(
      async () => (await cluster.get("apps/v1", "Deployment", namespace, "web")) !== undefined,
      "the deployment",
    );
    child.kill("SIGINT");
    const { exitCode, output } = await finished;
    assert.notEqual(exitCode, 0, output);
    const again = await workspace.up([deployment("web", image)]);
    assert.equal(again.exitCode, 0, again.output);
    assert.doesNotMatch(again.output, /created/);
  });

  it("an object made by an engine that was killed is the next update's own", async () => {
    const web = deployment("web", image, { nodeSelector: { nowhere: "yes" } });
    workspace.declare([web]);
    const child = workspace.begin(["up", "--yes", "--skip-preview"]);
    const finished = workspace.finish(child);
    const find = () => cluster.get("apps/v1", "Deployment", namespace, "web");
    await cluster.until(async () => (await find()) !== undefined, "the deployment");
    const uid = (await find())?.metadata?.uid;
    child.kill("SIGKILL");
    await finished;
    await workspace.run(["cancel", "--yes"]);
    const { exitCode, output } = await workspace.up([deployment("web", image)]);
    assert.equal(exitCode, 0, output);
    assert.match(output, /made for this same resource/);
    assert.equal((await find())?.metadata?.uid, uid);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
