import { createHash } from "node:crypto";

/** Names of one stack's resources at Azure, each within the rules of its kind. */
export interface AzureNames {
  /** Resource group of everything but the nodes. */
  group: string;
  /** Resource group that the cluster makes for its nodes, disks and load balancers. */
  nodeGroup: string;
  network: string;
  natGateway: string;
  cluster: string;
  /** Unique in the world: 3 to 24 lower-case letters and digits. */
  storageAccount: string;
  /** Unique in the world; holds flow logs only. */
  flowLogAccount: string;
  /** Unique in the world: 5 to 50 letters and digits. */
  registry: string;
  container: string;
  queue: string;
  deadLetter: string;
  budget: string;
  logs: string;
  identity(purpose: string): string;
  /**
   * The pool's name at the cluster: at most 12 lower-case letters and digits. It changes with whatever Azure cannot
   * change in a pool, so that the new pool is there before the old one is drained and deleted.
   */
  pool(name: string, unchangeable: unknown): string;
}

/**
 * Why a stack cannot have this name, or undefined. The name goes into names of resource groups, clusters and DNS
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules).
 */
export function stackNameProblem(stack: string): string | undefined {
  if (/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(stack) && !stack.includes("--")) return undefined;
  return `stack name "${stack}": Azure allows 1 to 40 lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen; pulumi stack rename NAME`;
}

/** The names of a stack; those that must be unique in the world carry a hash of subscription and stack. */
export function azureNames(subscriptionId: string, stack: string): AzureNames {
  const named = `skyloom-${stack}`;
  const unique = hash(`${subscriptionId}/${stack}`, 8);
  const plain = stack.replaceAll("-", "");
  return {
    group: named,
    nodeGroup: `${named}-nodes`,
    network: named,
    natGateway: `${named}-nat`,
    cluster: named,
    storageAccount: `skyloom${plain.slice(0, 9)}${unique}`,
    flowLogAccount: `skyflow${plain.slice(0, 9)}${unique}`,
    registry: `skyloom${plain.slice(0, 30)}${unique}`,
    container: "skyloom",
    queue: "messages",
    deadLetter: "messages-dead-letter",
    budget: named,
    logs: named,
    identity: (purpose) => `${named}-${purpose}`,
    pool: (name, unchangeable) => `${name.slice(0, 8)}${hash(JSON.stringify([name, unchangeable]), 4)}`,
  };
}

function hash(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}
