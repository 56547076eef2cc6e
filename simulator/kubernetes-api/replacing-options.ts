import { isUnknown, type Properties, textAt } from "../values.ts";
import { findAccess } from "./kubeconfig.ts";

const ACCESS = ["kubeconfig", "context", "cluster"];

/**
 * Options whose change replaces the provider, and with it all its objects (DiffConfig of the official provider): the
 * cluster's identifier where both sides give one; else what leads to another cluster.
 */
export function replacingOptions(olds: Properties, news: Properties): string[] {
  const [before, after] = [olds.clusterIdentifier, news.clusterIdentifier];
  if (after !== undefined && before === after) return [];
  if (after !== undefined && before !== undefined) return ["clusterIdentifier"];
  const changed = ACCESS.filter((option) => olds[option] !== news[option]);
  if (changed.some((option) => isUnknown(news[option]))) return changed;
  const [from, to] = [clusterOf(olds), clusterOf(news)];
  return from !== undefined && to !== undefined && from !== to ? changed : [];
}

/** Address and authority of the cluster that the options lead to; undefined where they name no kubeconfig or it cannot be read. */
function clusterOf(config: Properties): string | undefined {
  if (textAt(config, "kubeconfig") === undefined) return undefined;
  try {
    const { server, caData, caFile } = findAccess(config).kubeConfig.getCurrentCluster() ?? {};
    return JSON.stringify([server, caData, caFile]);
  } catch {
    return undefined;
  }
}
