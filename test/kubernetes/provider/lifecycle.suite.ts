import assert from "node:assert/strict";
import { configMap, deployment, service } from "./objects.ts";
import type { Declared } from "./program/declared.ts";
import { KubernetesWorkspace } from "./workspace.ts";

describe("the stand-in for the Kubernetes provider: objects from creation to deletion", function () {
  this.timeout(300_000);
  this.bail(true); // each test goes on from the one before
  const workspace = new KubernetesWorkspace();
  const { cluster, namespace } = workspace;
  let image = "";
  let base: Declared[] = [];
  before(async () => {
    await workspace.start();
    image = await cluster.idleImage();
    const password = {
      resourceName: "login",
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "login" },
      stringData: { password: "not-for-logs" },
    };
    base = [
      configMap("settings", { colour: "green" }),
      password,
      deployment("web", image, {}, { replicas: 2 }),
      service("front", "web"),
    ];
  });
  after(() => workspace.stop());
  const live = (name = "web") => cluster.get("apps/v1", "Deployment", namespace, name);
  const withDeployment = (declared: Declared) =>
    base.map((one) => (one.resourceName === declared.resourceName ? declared : one));

  it("previews without making anything", async () => {
    const steps = await workspace.changes(base);
    assert.deepEqual(
      steps.filter((step) => !step.includes("kubernetes-test")),
      ["create front", "create login", "create settings", "create web"],
    );
    assert.equal(await live(), undefined);
  });

  it("makes objects, waits until they are ready, and never shows what a Secret holds", async () => {
    const { exitCode, output } = await workspace.up(base);
    assert.equal(exitCode, 0, output);
    assert.equal((await live())?.status.availableReplicas, 2);
    assert.doesNotMatch(output, /not-for-logs|bm90LWZvci1sb2dz/);
    const state = JSON.stringify(await workspace.state());
    assert.doesNotMatch(state, /not-for-logs|bm90LWZvci1sb2dz/);
    const [settings] = (await workspace.state()).filter(({ type }) => type.endsWith(":ConfigMap"));
    assert.match(settings?.id ?? "", new RegExp(`^${namespace}/settings-[0-9a-f]{8}$`));
  });

  it("changes nothing the second time, also after a refresh, though the server writes values in its own form", async () => {
    const before = (await live())?.metadata?.resourceVersion;
    assert.deepEqual(await workspace.changes(base), []);
    const { exitCode, output } = await workspace.up(base, "--refresh", "--expect-no-changes");
    assert.equal(exitCode, 0, output);
    assert.equal((await live())?.metadata?.resourceVersion, before);
  });

  it("updates one object in place", async () => {
    const uid = (await live())?.metadata?.uid;
    base = withDeployment(deployment("web", image, {}, { replicas: 1 }));
    assert.deepEqual(await workspace.changes(base), ["update web"]);
    const { exitCode, output } = await workspace.up(base);
    assert.equal(exitCode, 0, output);
    assert.match(output, /~ 1 updated/);
    assert.equal((await live())?.status.replicas, 1);
    assert.equal((await live())?.metadata?.uid, uid);
  });

  it("removes a field that the program no longer sets", async () => {
    const labelled = { ...deployment("web", image), metadata: { name: "web", labels: { team: "vision" } } };
    await workspace.up(withDeployment(labelled));
    assert.equal((await live())?.metadata?.labels?.team, "vision");
    assert.deepEqual(await workspace.changes(base), ["update web"]);
    await workspace.up(base);
    assert.equal((await live())?.metadata?.labels?.team, undefined);
  });

  it("replaces what cannot change: a fixed name is deleted first, a made one afterwards", async () => {
    const uid = (await live())?.metadata?.uid;
    const labels = { app: "web", tier: "front" };
    const changed = deployment("web", image);
    changed.spec = {
      ...(changed.spec as object),
      selector: { matchLabels: labels },
      template: { ...(changed.spec as { template: object }).template, metadata: { labels } },
    };
    const data = configMap("settings", { colour: "blue" });
    base = base.map((one) =>
      one.resourceName === "web" ? changed : one.resourceName === "settings" ? data : one,
    );
    assert.deepEqual(await workspace.changes(base), ["replace settings", "replace web"]);
    const { exitCode, output } = await workspace.up(base);
    assert.equal(exitCode, 0, output);
    assert.match(output, /\+-? ?2 replaced/);
    assert.notEqual((await live())?.metadata?.uid, uid);
    assert.deepEqual(await workspace.changes(base), []);
  });

  it("leaves alone what others add, and notices what they delete", async () => {
    await cluster.patch({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace, annotations: { note: "theirs" } },
    });
    assert.deepEqual(await workspace.changes(base), []);
    await cluster.delete("v1", "Service", namespace, "front");
    const { exitCode, output } = await workspace.up(base, "--refresh");
    assert.equal(exitCode, 0, output);
    assert.match(output, /\+ 1 created/);
    assert.equal((await live())?.metadata?.annotations?.note, "theirs");
  });

  it("says who changed a field of the program's, shows it as drift, and takes it over on demand", async () => {
    await cluster.patch(
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web", namespace },
        spec: { replicas: 0 },
      },
      "night-watch",
    );
    const refused = await workspace.up(base);
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.output, /spec\.replicas: held by "night-watch"/);
    assert.match(refused.output, /patchForce/);
    const forced = { ...base.find((one) => one.resourceName === "web") } as Declared;
    forced.metadata = { name: "web", annotations: { "pulumi.com/patchForce": "true" } };
    const refreshed = await workspace.run(["refresh", "--yes", "--skip-preview"]);
    assert.match(refreshed.output, /~ 1 updated/);
    const { exitCode, output } = await workspace.up(withDeployment(forced));
    assert.equal(exitCode, 0, output);
    assert.equal((await live())?.spec.replicas, 1);
    base = withDeployment(forced);
  });

  it("leaves ignored fields to those who manage them", async () => {
    const ignoring = {
      ...base.find((one) => one.resourceName === "web"),
      metadata: { name: "web" },
    } as Declared;
    ignoring.options = { ignoreChanges: ["spec.replicas"] };
    await workspace.up(withDeployment(ignoring));
    await cluster.patch(
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web", namespace },
        spec: { replicas: 2 },
      },
      "autoscaler",
    );
    ignoring.metadata = { name: "web", labels: { changed: "yes" } };
    const { exitCode, output } = await workspace.up(withDeployment(ignoring));
    assert.equal(exitCode, 0, output);
    assert.equal((await live())?.spec.replicas, 2);
    assert.equal((await live())?.metadata?.labels?.changed, "yes");
    base = withDeployment(ignoring);
  });

  it("imports what others made, and refuses to take it over unasked", async () => {
    await cluster.create({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "legacy", namespace },
      data: { a: "1" },
    });
    const legacy = configMap("legacy", { a: "1" }, { metadata: { name: "legacy" } });
    const refused = await workspace.up([...base, legacy]);
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.output, /ConfigMap \S+\/legacy is there already, managed by someone-else/);
    const imported = await workspace.up([...base, { ...legacy, options: { import: `${namespace}/legacy` } }]);
    assert.equal(imported.exitCode, 0, imported.output);
    assert.match(imported.output, /= 1 imported/);
    base = [...base, legacy];
    assert.deepEqual(await workspace.changes(base), []);
  });

  it("deletes everything, after its dependents", async () => {
    const { exitCode, output } = await workspace.run(["destroy", "--yes", "--skip-preview"]);
    assert.equal(exitCode, 0, output);
    assert.equal(await live(), undefined);
    assert.equal(await cluster.get("v1", "ConfigMap", namespace, "legacy"), undefined);
    assert.deepEqual(await workspace.state(), []);
  });
});
