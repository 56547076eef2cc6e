import { CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { Cluster } from "../cluster.ts";
import { ACCELERATOR_LABEL } from "./platform-stack.ts";

/**
 * Has one node that runs pods offer so many GPUs; with 0 none. As a device plugin would, by the node's status:
 * https://kubernetes.io/docs/tasks/administer-cluster/extended-resource-node/
 */
export async function offerGpus(cluster: Cluster, count: number): Promise<void> {
  const core = cluster.config.makeApiClient(CoreV1Api);
  const { items } = await core.listNode();
  // Simulated nodes run nothing.
  const node = items.find(({ metadata }) => metadata?.annotations?.["kwok.x-k8s.io/node"] === undefined);
  const name = node?.metadata?.name;
  if (name === undefined) throw new Error("the cluster has no node that runs pods");
  const amounts = { "nvidia.com/gpu": String(count) };
  await cluster.patch({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { [ACCELERATOR_LABEL]: "t4" } },
  });
  const body = { status: { capacity: amounts, allocatable: amounts } };
  await core.patchNodeStatus({ name, body }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
}

/** Takes label and GPUs away again. */
export async function withdrawGpus(cluster: Cluster): Promise<void> {
  await offerGpus(cluster, 0);
  const core = cluster.config.makeApiClient(CoreV1Api);
  for (const { metadata } of (await core.listNode({ labelSelector: ACCELERATOR_LABEL })).items) {
    const labels = { [ACCELERATOR_LABEL]: null as unknown as string };
    await cluster.patch({ apiVersion: "v1", kind: "Node", metadata: { name: metadata?.name ?? "", labels } });
  }
}
