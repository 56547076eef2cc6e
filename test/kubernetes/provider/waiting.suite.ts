import assert from "node:assert/strict";
import { configMap, deployment, podSpec, service } from "./objects.ts";
import type { Declared } from "./program/declared.ts";
import { KubernetesWorkspace } from "./workspace.ts";

const soon = (seconds: number) => ({
  customTimeouts: { create: `${seconds}s`, update: `${seconds}s`, delete: `${seconds}s` },
});

describe("the stand-in for the Kubernetes provider: why something is not ready", function () {
  this.timeout(300_000);
  const workspace = new KubernetesWorkspace();
  const { cluster, namespace } = workspace;
  let image = "";
  before(async () => {
    await workspace.start({
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/warn": "restricted",
    });
    image = await cluster.idleImage();
  });
  afterEach(async () => {
    const { exitCode, output } = await workspace.run(["destroy", "--yes", "--skip-preview"]);
    assert.equal(exitCode, 0, output);
  });
  after(() => workspace.stop());

  const restricted = (container: object = {}, pod: object = {}) => ({
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
    ...podSpec(image, {
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      ...container,
    }),
    ...pod,
  });
  const web = (pod: object, seconds = 20): Declared => ({
    ...deployment("web", image, pod),
    options: soon(seconds),
  });

  it("an image that does not exist: which, and what the registry says; up again succeeds when it is corrected", async () => {
    const missing = await workspace.up([web(restricted({ image: "127.0.0.1:1/nowhere/none:1" }))]);
    assert.notEqual(missing.exitCode, 0);
    assert.match(
      missing.output,
      /the image 127\.0\.0\.1:1\/nowhere\/none:1 cannot be pulled: .*(refused|dial|pull)/,
    );
    const [state] = (await workspace.state()).filter(({ type }) => type.endsWith(":Deployment"));
    assert.equal(state?.initErrors?.length, 1);
    const { exitCode, output } = await workspace.up([web(restricted())]);
    assert.equal(exitCode, 0, output);
    const [healed] = (await workspace.state()).filter(({ type }) => type.endsWith(":Deployment"));
    assert.equal(healed?.initErrors, undefined);
  });

  it("a GPU that no node has: waits, says so, and goes on when the time is over", async () => {
    const gpu = restricted(
      { resources: { limits: { "example.com/gpu": "1" } } },
      { nodeSelector: { accelerator: "none-has-this" } },
    );
    const { exitCode, output } = await workspace.up([web(gpu, 8)]);
    assert.notEqual(exitCode, 0);
    assert.match(output, /not ready after 8 seconds/);
    assert.match(
      output,
      /is not scheduled: .*(no node has example\.com\/gpu|carries the labels accelerator=none-has-this)/,
    );
    // The wait goes on where it ended, though nothing changed.
    const again = await workspace.up([web(gpu, 8)]);
    assert.match(again.output, /is not scheduled/);
  });

  it("a resource that no node has at all, by name", async () => {
    const { output } = await workspace.up([
      web(restricted({ resources: { limits: { "example.com/gpu": "1" } } }), 8),
    ]);
    assert.match(output, /no node has example\.com\/gpu/);
  });

  it("a probe that fails: its message", async () => {
    const probe = { tcpSocket: { port: 81 }, periodSeconds: 1 };
    const { exitCode, output } = await workspace.up([
      web(restricted({ readinessProbe: probe }), 15),
      { ...service("front", "web"), options: soon(15) },
    ]);
    assert.notEqual(exitCode, 0);
    assert.match(output, /runs, but is not ready: Readiness probe failed: .*81/);
    assert.match(output, /Service \S+\/front: not ready after 15 seconds: none of its 1 pods is ready/);
  });

  it("a container that cannot be started: the cause and the exit status", async () => {
    const { exitCode, output } = await workspace.up([web(restricted({ command: ["/no-such-program"] }), 15)]);
    assert.notEqual(exitCode, 0);
    assert.match(
      output,
      /container main of pod web-\S+ (ended with exit status 128|cannot be started)[\s\S]*no-such-program/,
    );
  });

  it("a privileged pod under the restricted profile: warned of in the preview, and refused at once", async () => {
    const privileged = web({ ...podSpec(image, { securityContext: { privileged: true } }) }, 60);
    workspace.declare([privileged]);
    const preview = await workspace.run(["preview"]);
    assert.match(preview.output, /warning: would violate PodSecurity "restricted:latest": privileged/);
    const { exitCode, output, seconds } = await workspace.up([privileged]);
    assert.notEqual(exitCode, 0);
    assert.match(
      output,
      /it will not become ready: [\s\S]*no pod may be made: .*violates PodSecurity "restricted:latest"/,
    );
    assert.ok(seconds < 60, `${seconds} s`);
    const pod = {
      ...privileged,
      kind: "Pod",
      apiVersion: "v1",
      spec: (privileged.spec as { template: { spec: object } }).template.spec,
    };
    workspace.declare([pod]);
    assert.match(
      (await workspace.run(["preview"])).output,
      /error: .*violates PodSecurity "restricted:latest"/,
    );
  });

  it("a quota that is too small: how much is used and asked for", async () => {
    const quota: Declared = {
      resourceName: "quota",
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "quota" },
      spec: { hard: { pods: "0" } },
    };
    const { exitCode, output } = await workspace.up([
      quota,
      { ...web(restricted(), 20), dependsOn: ["quota"] },
    ]);
    assert.notEqual(exitCode, 0);
    assert.match(
      output,
      /no pod may be made: .*exceeded quota: quota, requested: pods=1, used: pods=0, limited: pods=0/,
    );
  });

  it("a claim whose storage class does not exist: which the cluster has", async () => {
    const claim: Declared = {
      resourceName: "claim",
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "claim" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "no-such-class",
        resources: { requests: { storage: "1Gi" } },
      },
      options: soon(10),
    };
    const { exitCode, output } = await workspace.up([claim]);
    assert.notEqual(exitCode, 0);
    assert.match(output, /there is no storage class no-such-class; the cluster has/);
  });

  it("waits for nothing that says so", async () => {
    const unready = web(restricted({ image: "127.0.0.1:1/nowhere/none:1" }));
    unready.metadata = { name: "web", annotations: { "pulumi.com/skipAwait": "true" } };
    const { exitCode, output } = await workspace.up([unready]);
    assert.equal(exitCode, 0, output);
  });

  it("a finalizer that nobody removes: names it", async () => {
    const held = configMap(
      "held",
      { a: "1" },
      { metadata: { name: "held", finalizers: ["example.com/never"] }, options: soon(5) },
    );
    await workspace.up([held]);
    const { exitCode, output } = await workspace.run(["destroy", "--yes", "--skip-preview"]);
    assert.notEqual(exitCode, 0);
    assert.match(output, /not gone after 5 seconds: held by the finalizer example\.com\/never/);
    await cluster.patch({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "held", namespace, finalizers: null as never },
    });
  });
});
