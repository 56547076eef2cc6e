import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { parse } from "yaml";
import type { Cloud, GpuPoolSettings, KubernetesAccess } from "../cloud.ts";
import { installChart } from "../kubernetes/install-chart.ts";
import { podLabels, secretNames } from "../kubernetes/pod.ts";
import { GPU_METRICS } from "./gpu-metrics.ts";
import { type Mesh, meshLabels } from "./mesh.ts";
import { openPort } from "./open-port.ts";
import { runtimeWorkloads } from "./runtime.ts";

/** `skyloom:monitoring` */
export interface MonitoringSettings {
  /** Whether Prometheus' operator scrapes the stack. */
  prometheus: boolean;
  /** Where Prometheus and Grafana are. Default `monitoring`. */
  namespace: string;
  /** Whether they are installed. Default: as the cloud declares. */
  install?: boolean | undefined;
}

export interface MonitoringParts {
  gpuPools: GpuPoolSettings[];
  /** The DaemonSet of gpu-metrics.ts. */
  gpuMetrics: Resource | undefined;
  mesh: Mesh;
}

const folder = join(import.meta.dirname, "monitoring");
const apiVersion = "monitoring.coreos.com/v1";
/** By which a Prometheus of the chart kube-prometheus-stack finds what is meant for it. */
const FOUND_BY = { release: "kube-prometheus-stack" };
const GIBIBYTES = 20;

/** Alarm rules in Prometheus' own form. */
export function alarmRules(): { groups: { name: string; rules: AlarmRule[] }[] } {
  return parse(readFileSync(join(folder, "alarms.yaml"), "utf8"));
}

export interface AlarmRule {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<"summary" | "runbook", string>;
}

/** Grafana dashboards as JSON, by file name. */
export function dashboards(): Record<string, string> {
  const files = readdirSync(join(folder, "dashboards")).toSorted();
  return Object.fromEntries(
    files.map((file) => [file, readFileSync(join(folder, "dashboards", file), "utf8")]),
  );
}

/** Has Prometheus scrape runtime, workers, workflow engine and GPUs, with the alarms and dashboards for them. */
export function deployMonitoring(
  { cluster, parts }: Pick<Cloud, "cluster" | "parts">,
  settings: MonitoringSettings | undefined,
  own: MonitoringParts,
): void {
  const { kubernetes } = cluster;
  if (kubernetes === undefined || settings?.prometheus !== true) return;
  const { namespace } = settings;
  const installs = settings.install ?? parts?.operators === "needed";
  const installed = installs ? [install(kubernetes, namespace, own.mesh)] : [];
  const options = { ...kubernetes.options, dependsOn: [...kubernetes.dependsOn, ...installed] };
  const runtimes = runtimeWorkloads(own.gpuPools);
  for (const workload of runtimes) scrapeRuntime(kubernetes, workload, options);
  scrape(kubernetes, { name: "restate", labels: podLabels("restate"), endpoint: { port: "node" } }, options);
  if (own.gpuMetrics !== undefined) scrapeGpus(options, own.gpuMetrics);
  for (const workload of runtimes) open(cluster, workload, "http", namespace);
  open(cluster, "restate", "node", namespace);
  createRules(kubernetes, options);
  createDashboards(kubernetes, options);
}

function open(cluster: Cloud["cluster"], workload: string, port: string, fromNamespace: string): void {
  if (cluster.kubernetes === undefined) return;
  openPort(cluster.kubernetes, {
    name: `monitoring-${workload}`,
    pods: podLabels(workload),
    port: cluster.address(workload, port).port,
    fromNamespace,
  });
}

/** With the token that every request carries, which stays in its secret. */
function scrapeRuntime(kubernetes: KubernetesAccess, name: string, options: CustomResourceOptions): void {
  const credentials = { name: secretNames.environment(name), key: "SKYLOOM_TOKEN" };
  const endpoint = { port: "http", authorization: { type: "Bearer", credentials } };
  scrape(kubernetes, { name, labels: podLabels(name), endpoint }, options);
}

interface Scraped {
  name: string;
  labels: Record<string, string>;
  endpoint: object;
}

function scrape(
  { namespace }: Pick<KubernetesAccess, "namespace">,
  { name, labels, endpoint }: Scraped,
  options: CustomResourceOptions,
): void {
  new CustomResource(
    `monitor-${name}`,
    {
      apiVersion,
      kind: "PodMonitor",
      metadata: { name, namespace, labels: { ...labels, ...FOUND_BY } },
      spec: {
        selector: { matchLabels: labels },
        podMetricsEndpoints: [{ path: "/metrics", interval: "30s", ...endpoint }],
      },
    },
    options,
  );
}

function scrapeGpus(options: CustomResourceOptions, gpuMetrics: Resource): void {
  const { namespace, name } = GPU_METRICS;
  const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "skyloom" };
  const dependsOn = [...[options.dependsOn ?? []].flat(), gpuMetrics] as Resource[];
  scrape({ namespace }, { name, labels, endpoint: { port: "metrics" } }, { ...options, dependsOn });
}

function createRules({ namespace }: KubernetesAccess, options: CustomResourceOptions): void {
  new CustomResource(
    "alarms",
    {
      apiVersion,
      kind: "PrometheusRule",
      metadata: { name: "skyloom", namespace, labels: FOUND_BY },
      spec: alarmRules(),
    },
    options,
  );
}

/** Grafana's sidecar takes ConfigMaps with this label from every namespace. */
function createDashboards({ namespace }: KubernetesAccess, options: CustomResourceOptions): void {
  for (const [file, content] of Object.entries(dashboards())) {
    const name = `dashboard-${file.replace(/\.json$/, "")}`;
    const metadata = { name, namespace, labels: { grafana_dashboard: "1" } };
    new ConfigMap(name, { metadata, data: { [file]: content } }, options);
  }
}

function install({ options, dependsOn }: KubernetesAccess, namespace: string, mesh: Mesh): Resource {
  const storage = {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: `${GIBIBYTES}Gi` } },
  };
  return installChart(
    {
      chart: "kube-prometheus-stack",
      repository: "https://prometheus-community.github.io/helm-charts",
      version: "88.1.3",
      namespace,
      // Of the operator's webhook, Prometheus, Grafana and Alertmanager.
      ports: [10_250, 9090, 3000, 9093],
      podSecurity: "baseline",
      labels: meshLabels(mesh),
      values: {
        fullnameOverride: "prometheus",
        // It reads folders of the nodes, which the profile forbids; the clouds measure their machines themselves.
        nodeExporter: { enabled: false },
        prometheus: {
          prometheusSpec: {
            retention: "15d",
            podMonitorSelectorNilUsesHelmValues: false,
            ruleSelectorNilUsesHelmValues: false,
            storageSpec: { volumeClaimTemplate: { spec: storage } },
          },
        },
        grafana: { sidecar: { dashboards: { searchNamespace: "ALL" } } },
      },
    },
    { ...options, dependsOn },
  );
}
