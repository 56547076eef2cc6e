import { parse } from "yaml";
import { ProviderError } from "../provider-error.ts";
import type { Session } from "../session.ts";
import type { Store } from "../store.ts";
import { isProperties, type Properties, textAt, type Value, valueAt } from "../values.ts";

/** Types whose resources are Kubernetes clusters. */
export const clusterTypes: readonly string[] = [
  "aws:eks/cluster:Cluster",
  "azure-native:containerservice:ManagedCluster",
  "gcp:container/cluster:Cluster",
];

/** Hosts that only a simulated cluster has. */
const SIMULATED = /\.eks\.amazonaws\.com$|\.azmk8s\.io$|\.gke\.goog$|^203\.0\.113\.\d+$/;

const hosts = new WeakMap<Session, string>();

/** The API server's host in the provider's kubeconfig; empty when there is none. */
function hostOf(session: Session): string {
  const known = hosts.get(session);
  if (known !== undefined) return known;
  const text = textAt(session.config, "kubeconfig");
  const host = text === undefined ? "" : serverHost(text, textAt(session.config, "context"));
  hosts.set(session, host);
  return host;
}

function serverHost(kubeconfig: string, context: string | undefined): string {
  let config: Value;
  try {
    config = parse(kubeconfig) as Value;
  } catch {
    return "";
  }
  if (!isProperties(config)) return "";
  const wanted = context ?? textAt(config, "current-context");
  const cluster = textAt(named(config.contexts, wanted), "context.cluster");
  const server = textAt(named(config.clusters, cluster), "cluster.server") ?? "";
  return URL.canParse(server) ? new URL(server).hostname : "";
}

/** The entry of a kubeconfig's list with this name, else the first. */
function named(list: Value | undefined, name: string | undefined): Properties | undefined {
  if (!Array.isArray(list)) return undefined;
  const entries = list.filter(isProperties);
  return entries.find((entry) => entry.name === name) ?? entries[0];
}

function endpoints(outputs: Properties): (string | undefined)[] {
  const dns = valueAt(outputs, ["controlPlaneEndpointsConfig", "dnsEndpointConfig", "endpoint"]);
  const texts = [outputs.endpoint, outputs.fqdn, outputs.privateFQDN, dns];
  // A URL's host is lower-case, whatever its text was.
  return texts.map((text) =>
    typeof text === "string" ? text.replace(/^https:\/\//, "").toLowerCase() : undefined,
  );
}

function isReachable(store: Store, session: Session): boolean {
  const host = session.provider === "kubernetes" ? hostOf(session) : "";
  if (!SIMULATED.test(host)) return true;
  return clusterTypes.some((type) =>
    store.list(type).some(({ outputs }) => endpoints(outputs).includes(host)),
  );
}

/** Whether the objects of an unreachable cluster count as deleted (the provider's option `deleteUnreachable`). */
export function isGoneWithCluster(store: Store, session: Session): boolean {
  const wanted =
    session.config.deleteUnreachable === true || process.env.PULUMI_K8S_DELETE_UNREACHABLE === "true";
  return wanted && !isReachable(store, session);
}

/** Throws as the Kubernetes provider does when its simulated cluster does not exist (any more). */
export function assertReachable(store: Store, session: Session): void {
  if (isReachable(store, session)) return;
  const host = hostOf(session);
  throw new ProviderError(
    "failed",
    `configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get "https://${host}/openapi/v2?timeout=32s": dial tcp: lookup ${host}: no such host`,
  );
}
