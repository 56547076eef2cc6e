import type { V1Node, V1Pod, V1ResourceQuota } from "@kubernetes/client-node";
import { type Amounts, type Capacity, otherAccelerator } from "./capacity-source.ts";
import type { NodePool } from "./node-pools.ts";
import { type Requests, requestsOf } from "./pod-requests.ts";
import { amount } from "./quantity.ts";
import { type QuotaLimits, quotaLimits } from "./quota-limits.ts";

export interface ClusterState {
  /** Undefined: not to be seen. */
  nodes: V1Node[] | undefined;
  pods: V1Pod[];
  quotas: V1ResourceQuota[];
  pools: NodePool[];
  isOwn(pod: V1Pod): boolean;
}

/** What one node gives to tasks. */
type NodeAmounts = Partial<Requests> & { accelerator?: string | undefined };

const gpuResource = "nvidia.com/gpu";
/** Set by GPU pools, and tolerated by every task that asks for a GPU. */
const gpuTaint = "nvidia.com/gpu";
const acceleratorLabel = "skyloom.dev/accelerator";

/** Allocatable amounts of usable nodes without what other pods ask for, with nodes to come, within the quotas. */
export function clusterCapacity(state: ClusterState): Capacity {
  const { nodes = [], pools } = state;
  const usable = nodes.filter((node) => isUsable(node, pools));
  const others = requestsByNode(state.pods.filter((pod) => isHolding(pod) && !state.isOwn(pod)));
  const present = usable.map((node) => free(node, others.get(node.metadata?.name ?? ""), pools));
  const coming = pools.map((pool) => ({
    count: Math.max(0, pool.maximum - usable.filter((node) => isOf(node, pool)).length),
    node: nodeToCome(pool, nodes),
  }));
  const total = sum([...present.map((node) => ({ count: 1, node })), ...coming]);
  const largest = maximum([...present, ...coming.filter(({ count }) => count > 0).map(({ node }) => node)]);
  // Without nodes and without pools nothing is known, which is not the same as nothing is there.
  const known = state.nodes !== undefined || pools.length > 0;
  const limits = quotaLimits(
    state.quotas,
    state.pods.filter((pod) => isHolding(pod) && state.isOwn(pod)),
  );
  const within = (amounts: Amounts) => atMost(known ? amounts : { gpus: {} }, limits);
  return { total: within(total), largest: within(largest) };
}

function isUsable({ spec, status }: V1Node, pools: NodePool[]): boolean {
  const isReady = status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  const tolerated = new Set([gpuTaint, ...pools.flatMap((pool) => pool.tolerations.map(({ key }) => key))]);
  const taints = spec?.taints?.filter(
    ({ effect, key }) => effect !== "PreferNoSchedule" && !tolerated.has(key),
  );
  return isReady === true && spec?.unschedulable !== true && (taints ?? []).length === 0;
}

/** It has its place, or waits for one. */
function isHolding({ status }: V1Pod): boolean {
  return status?.phase !== "Succeeded" && status?.phase !== "Failed";
}

function requestsByNode(pods: V1Pod[]): Map<string, Requests> {
  const byNode = new Map<string, Requests>();
  for (const pod of pods) {
    const name = pod.spec?.nodeName;
    if (name === undefined) continue;
    const asked = requestsOf(pod);
    const before = byNode.get(name) ?? { cpu: 0, memory: 0, storage: 0, gpu: 0 };
    byNode.set(name, {
      cpu: before.cpu + asked.cpu,
      memory: before.memory + asked.memory,
      storage: before.storage + asked.storage,
      gpu: before.gpu + asked.gpu,
    });
  }
  return byNode;
}

function free(node: V1Node, used: Requests | undefined, pools: NodePool[]): NodeAmounts {
  const { cpu, memory, "ephemeral-storage": storage, [gpuResource]: gpu } = node.status?.allocatable ?? {};
  const left = (text: string | undefined, other = 0) => Math.max(0, amount(text ?? "0") - other);
  return {
    cpu: left(cpu, used?.cpu),
    memory: left(memory, used?.memory),
    storage: left(storage, used?.storage),
    gpu: left(gpu, used?.gpu),
    accelerator: acceleratorOf(node, pools),
  };
}

function acceleratorOf(node: V1Node, pools: NodePool[]): string | undefined {
  const carries = (labels: Record<string, string>) =>
    Object.entries(labels).every(([key, value]) => node.metadata?.labels?.[key] === value);
  const pool = pools.find(({ accelerator, labels }) => accelerator !== undefined && carries(labels));
  return pool?.accelerator ?? node.metadata?.labels?.[acceleratorLabel];
}

function isOf(node: V1Node, pool: NodePool): boolean {
  return Object.entries(pool.labels).every(([key, value]) => node.metadata?.labels?.[key] === value);
}

/** As the pool is declared, else as its nodes are that are there already. */
function nodeToCome(pool: NodePool, nodes: V1Node[]): NodeAmounts {
  const like = nodes.find((node) => isOf(node, pool));
  const { cpu, memory, storage } = like === undefined ? {} : free(like, undefined, [pool]);
  return {
    ...known("cpu", pool.cpu ?? cpu),
    ...known("memory", pool.memory ?? memory),
    ...known("storage", storage),
    gpu: pool.gpus,
    accelerator: pool.accelerator,
  };
}

function known<Key extends string>(key: Key, value: number | undefined): { [Name in Key]?: number } {
  return (value === undefined ? {} : { [key]: value }) as { [Name in Key]?: number };
}

const shared = ["cpu", "memory", "storage"] as const;

/** An amount that one of the nodes to come does not tell is not known in all. */
function sum(groups: { count: number; node: NodeAmounts }[]): Amounts {
  const total: Amounts = { cpu: 0, memory: 0, storage: 0, gpus: {} };
  for (const { count, node } of groups) {
    if (count === 0) continue;
    for (const key of shared) {
      const value = node[key];
      const before = total[key];
      if (value === undefined || before === undefined) delete total[key];
      else total[key] = before + count * value;
    }
    addGpus(total, node, (before, gpu) => before + count * gpu);
  }
  return total;
}

function maximum(nodes: NodeAmounts[]): Amounts {
  const largest: Amounts = { cpu: 0, memory: 0, storage: 0, gpus: {} };
  for (const node of nodes) {
    for (const key of shared) {
      const value = node[key];
      const before = largest[key];
      if (value === undefined || before === undefined) delete largest[key];
      else largest[key] = Math.max(before, value);
    }
    addGpus(largest, node, Math.max);
  }
  return largest;
}

function addGpus(
  amounts: Amounts,
  { gpu = 0, accelerator = otherAccelerator }: NodeAmounts,
  join: (before: number, gpu: number) => number,
): void {
  if (gpu > 0) amounts.gpus[accelerator] = join(amounts.gpus[accelerator] ?? 0, gpu);
}

function atMost(amounts: Amounts, limits: QuotaLimits): Amounts {
  const lower = (key: (typeof shared)[number]) => {
    const values = [amounts[key], limits[key]].filter((value) => value !== undefined);
    return known(key, values.length === 0 ? undefined : Math.min(...values));
  };
  const { gpu: gpuLimit = Number.POSITIVE_INFINITY } = limits;
  return {
    ...lower("cpu"),
    ...lower("memory"),
    ...lower("storage"),
    gpus: Object.fromEntries(
      Object.entries(amounts.gpus).map(([accelerator, count]) => [accelerator, Math.min(count, gpuLimit)]),
    ),
  };
}
