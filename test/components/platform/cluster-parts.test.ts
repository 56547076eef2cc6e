import assert from "node:assert/strict";
import type { ClusterParts } from "../../../components/cloud.ts";
import { createAwsCloud } from "../../../components/clouds/aws/aws-cloud.ts";
import { deployAutoscaler } from "../../../components/platform/autoscaler.ts";
import { deployGateway, type GatewaySettings } from "../../../components/platform/gateway.ts";
import { deployGpuMetrics } from "../../../components/platform/gpu-metrics.ts";
import { deployMesh, type Mesh, meshLabels } from "../../../components/platform/mesh.ts";
import { deployMonitoring, type MonitoringSettings } from "../../../components/platform/monitoring.ts";
import { type RecordedResource, recordProgram } from "../../../simulator/recording/record-program.ts";
import { awsFixture } from "../../contracts/cloud/aws-fixture.ts";
import { developmentSettings } from "../../contracts/cloud/record-cloud.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";
const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

interface Wanted {
  gateway?: GatewaySettings;
  monitoring?: MonitoringSettings;
  mesh?: Mesh;
  gpus?: boolean;
  parts?: Partial<ClusterParts>;
}

/** The parts as stacks/index.ts puts them into a cluster of the example stack. */
async function record({ gateway, monitoring, mesh = "none", gpus = true, parts = {} }: Wanted) {
  const settings = { ...developmentSettings(awsFixture), namespaceLabels: meshLabels(mesh) };
  const gpuPools = gpus ? settings.gpuPools : [];
  const program = async () => {
    const made = await createAwsCloud(settings);
    assert.ok(made.parts);
    const cloud = { ...made, parts: { ...made.parts, ...parts } };
    deployAutoscaler(cloud, gpuPools);
    deployMesh(cloud, mesh);
    const gpuMetrics = deployGpuMetrics(cloud, gpuPools);
    deployMonitoring(cloud, monitoring, { gpuPools, gpuMetrics, mesh });
    return deployGateway(cloud, cloud.cluster.address("runtime", "http"), gateway, mesh) ?? "none";
  };
  return await recordProgram(program, {
    stack: settings.stack,
    config: awsFixture.development.providerConfig,
  });
}

const chartsOf = (all: (type: string) => RecordedResource[]) =>
  all(RELEASE)
    .map(({ inputs }) => inputs.chart.split("/").at(-1))
    .toSorted();
const usual = ["cluster-autoscaler", "keda"];

describe("parts of a cluster", function () {
  this.timeout(60_000);

  it("are KEDA and the GPU's measures alone, unless more is asked for", async () => {
    const { result, all } = await record({});
    assert.equal(result, "none");
    assert.deepEqual(chartsOf(all), usual);
    const measured = all("kubernetes:apps/v1:DaemonSet").filter(({ name }) => name === "dcgm-exporter");
    const [{ inputs } = assert.fail("GPUs are not measured")] = measured;
    const { containers, tolerations, affinity } = inputs.spec.template.spec;
    assert.equal(JSON.stringify(containers).includes("nvidia.com/gpu"), false, "it would keep a GPU");
    assert.deepEqual(tolerations, [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }]);
    assert.match(JSON.stringify(affinity), /"key":"skyloom.dev\/pool","operator":"In","values":\["t4"\]/);
    assert.match(containers[0].image, /@sha256:[0-9a-f]{64}$/);
    assert.deepEqual(all("kubernetes:security.istio.io/v1:PeerAuthentication"), []);
    assert.deepEqual(all("kubernetes:monitoring.coreos.com/v1:PodMonitor"), []);
  });

  it("are none without GPU pools, or where the cloud brings them", async () => {
    const without = await record({ gpus: false });
    assert.deepEqual(chartsOf(without.all), ["cluster-autoscaler"]);
    const brought = await record({ parts: { gpuMetrics: "included" } });
    assert.ok(!brought.resources.some(({ name }) => name === "dcgm-exporter"));
  });

  it("go with the cluster", async () => {
    const { resources } = await record({
      gateway: { host: "skyloom.example.com", issuerEmail: "a@example.com", namespace: "edge" },
      monitoring: { prometheus: true, namespace: "monitoring" },
      mesh: "istio",
    });
    const objects = resources.filter(({ type }) => type.startsWith("kubernetes:"));
    assert.ok(objects.length > 40);
    const cluster = resources.find(({ type }) => type === awsFixture.kept.cluster)?.urn;
    assert.deepEqual(
      objects.filter(({ deletedWith }) => deletedWith !== cluster).map(({ urn }) => urn),
      [],
    );
  });

  it("are a gateway with a certificate, which alone reaches the runtime from outside of the namespace", async () => {
    const gateway = { host: "skyloom.example.com", issuerEmail: "a@example.com", namespace: "edge" };
    const { result, all, one } = await record({ gateway });
    assert.equal(result, "https://skyloom.example.com");
    assert.deepEqual(chartsOf(all), [
      "cert-manager",
      ...usual.slice(0, 1),
      "gateway-helm",
      ...usual.slice(1),
    ]);
    const { spec } = one("kubernetes:gateway.networking.k8s.io/v1:Gateway").inputs;
    const secure = spec.listeners.find(({ protocol }: { protocol: string }) => protocol === "HTTPS");
    const { inputs: certificate } = one("kubernetes:cert-manager.io/v1:Certificate");
    assert.equal(secure.tls.certificateRefs[0].name, certificate.spec.secretName);
    assert.deepEqual(certificate.spec.dnsNames, [gateway.host]);
    const { ingress, podSelector } = one(POLICY, "gateway-runtime").inputs.spec;
    assert.equal(podSelector.matchLabels["app.kubernetes.io/name"], "runtime");
    assert.deepEqual(ingress[0].from, [
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "edge" } } },
    ]);
    assert.ok(ingress[0].ports.some(({ port }: { port: number }) => port === 8080));
    const routes = all("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute").map(({ inputs }) => inputs.spec);
    assert.deepEqual(
      routes
        .map(({ parentRefs, rules }) => [parentRefs[0].sectionName, "backendRefs" in rules[0]])
        .toSorted(),
      [
        ["http", false],
        ["https", true],
      ],
    );
  });

  it("leave a gateway's class, issuer and Prometheus to whoever has the cluster", async () => {
    const { all, one } = await record({
      gateway: { host: "a.example.com", issuerEmail: "a@example.com", namespace: "edge", className: "cloud" },
      monitoring: { prometheus: true, namespace: "monitoring" },
      parts: { operators: "expected" },
    });
    assert.deepEqual(chartsOf(all), usual);
    const { spec } = one("kubernetes:gateway.networking.k8s.io/v1:Gateway").inputs;
    assert.equal(spec.gatewayClassName, "cloud");
  });

  it("scrape with a token that stays in its secret, and let Prometheus alone in for it", async () => {
    const { all, one } = await record({ monitoring: { prometheus: true, namespace: "observe" } });
    assert.ok(chartsOf(all).includes("kube-prometheus-stack"));
    const monitors = all("kubernetes:monitoring.coreos.com/v1:PodMonitor");
    const names = monitors.map(({ inputs }) => inputs.metadata.name).toSorted();
    assert.deepEqual(names, ["dcgm-exporter", "restate", "runtime", "worker-t4"]);
    for (const { inputs } of monitors) {
      const [{ authorization }] = inputs.spec.podMetricsEndpoints;
      const { name } = inputs.metadata;
      const isOurs = name === "runtime" || name.startsWith("worker-");
      assert.deepEqual(
        authorization?.credentials,
        isOurs ? { name: `${name}-environment`, key: "SKYLOOM_TOKEN" } : undefined,
      );
    }
    for (const name of ["runtime", "worker-t4", "restate"]) {
      const [{ from }] = one(POLICY, `monitoring-${name}`).inputs.spec.ingress;
      assert.deepEqual(from, [
        { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "observe" } } },
      ]);
    }
    const boards = all("kubernetes:core/v1:ConfigMap").filter(
      ({ inputs }) => inputs.metadata.labels?.grafana_dashboard === "1",
    );
    assert.equal(boards.length, 4);
    assert.ok(one("kubernetes:monitoring.coreos.com/v1:PrometheusRule").inputs.spec.groups.length > 0);
  });

  it("do nothing for monitoring that is switched off", async () => {
    const { all } = await record({ monitoring: { prometheus: false, namespace: "monitoring" } });
    assert.deepEqual(all("kubernetes:monitoring.coreos.com/v1:PrometheusRule"), []);
  });

  it("take the namespace into the mesh, refuse what is not mutual TLS, and let the kubelet's probes through", async () => {
    const { one } = await record({ mesh: "istio" });
    const { labels } = one("kubernetes:core/v1:Namespace", "namespace").inputs.metadata;
    assert.equal(labels["istio.io/dataplane-mode"], "ambient");
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
    const { spec } = one("kubernetes:security.istio.io/v1:PeerAuthentication").inputs;
    assert.deepEqual(spec, { mtls: { mode: "STRICT" } });
    assert.match(JSON.stringify(one(POLICY, "allow-probes").inputs.spec), /169\.254\.7\.127\/32/);
  });
});
