import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import type { CustomResourceOptions, Inputs } from "@pulumi/pulumi";
import type { ServiceAccountName } from "../cloud.ts";
import { denyConnections } from "./deny-connections.ts";

/** A chart by Helm, at one version, in a namespace of its own. */
export interface ChartSettings {
  /** Name in the repository, or a whole `oci://…` address. */
  chart: string;
  /** Undefined with an `oci://` address. */
  repository?: string;
  version: string;
  /** On which its pods answer others than each other: webhooks, metrics, what it is there for. */
  ports: number[];
  /** Made for it; the release has the same name. */
  namespace: ServiceAccountName["namespace"];
  /** Of Pod Security. Default `restricted`. */
  podSecurity?: "restricted" | "baseline" | "privileged";
  /** Of the namespace, besides. */
  labels?: Record<string, string> | undefined;
  values: Inputs;
}

const TIMEOUT_SECONDS = 600;

/**
 * Installs a chart. A first install that fails leaves nothing, so that the next update begins anew; whoever runs the
 * update reaches the chart's repository.
 */
export function installChart(settings: ChartSettings, options: CustomResourceOptions): Release {
  const { chart, repository, version, namespace, ports, values } = settings;
  const { podSecurity = "restricted", labels = {} } = settings;
  const space = new Namespace(
    namespace,
    {
      metadata: {
        name: namespace,
        labels: { "pod-security.kubernetes.io/enforce": podSecurity, ...labels },
      },
    },
    options,
  );
  denyConnections({ name: namespace, ports, calls: true }, { ...options, dependsOn: [space] });
  return new Release(
    namespace,
    {
      name: namespace,
      namespace,
      chart,
      version,
      ...(repository !== undefined && { repositoryOpts: { repo: repository } }),
      atomic: true,
      timeout: TIMEOUT_SECONDS,
      values,
    },
    { ...options, dependsOn: [space] },
  );
}
