import { shortName } from "../../preflight/short-name.ts";

/** Names of one stack's resources at Google Cloud. Key rings and node pools are named by the engine instead. */
export interface GcpNames {
  network: string;
  subnetwork: string;
  router: string;
  nat: string;
  /** At most 40 characters. */
  cluster: string;
  /** Unique among all buckets of the world: the project's id is part of it. */
  bucket: string;
  queue: string;
  deadLetter: string;
  registry: string;
  /** What the names of the stack's secrets begin with, before a hyphen; it holds none itself, so that it ends there. */
  secrets: string;
  logs: string;
  nodeAccount: string;
  /** Account id of a workload's service account: 6 to 30 characters. */
  workloadAccount(workload: string): string;
}

/** Names that begin with a letter, hold lower-case letters, digits and hyphens, and say which stack they belong to. */
export function gcpNames(project: string, stack: string): GcpNames {
  const named = (what: string, maximum = 63) => shortName(`skyloom-${stack}-${what}`, maximum);
  return {
    network: named("network"),
    subnetwork: named("nodes"),
    router: named("router"),
    nat: named("nat"),
    cluster: shortName(`skyloom-${stack}`, 40),
    bucket: shortName(`${project}-skyloom-${stack}`, 63),
    queue: named("queue"),
    deadLetter: named("dead-letter"),
    registry: shortName(`skyloom-${stack}`, 63),
    secrets: shortName(`skyloom-${stack}`, 63).replaceAll("-", "_"),
    logs: named("logs"),
    nodeAccount: named("nodes", 30),
    workloadAccount: (workload) => named(workload, 30),
  };
}

/**
 * Labels as Google Cloud allows them: keys and values of lower-case letters, digits, `_` and `-`, at most 63 characters
 * (https://cloud.google.com/resource-manager/docs/labels-overview#requirements).
 */
export function gcpLabels(tags: Record<string, string>): Record<string, string> {
  const allowed = (text: string) =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9_-]/g, "-")
      .slice(0, 63);
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [allowed(key), allowed(value)]));
}
