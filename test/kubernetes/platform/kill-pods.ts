import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import { CoreV1Api } from "@kubernetes/client-node";
import type { Cluster } from "../cluster.ts";

/** Between two kills: what was killed is then ready again in most cases. */
const PAUSE_SECONDS = 12;
const WORKLOADS = /^(restate|runtime|worker-)/;

/**
 * Kills a pod of the stack at once (SIGKILL, no drain) every few seconds; the first is a node of the workflow engine, then
 * any. A workload's next pod is only killed when all that it wants are ready: no service survives the loss of all.
 * @returns names of the pods, in order
 */
export async function killPodsFor(
  seconds: number,
  { cluster, namespace }: { cluster: Cluster; namespace: string },
): Promise<string[]> {
  const core = cluster.config.makeApiClient(CoreV1Api);
  const killed: string[] = [];
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    const pods = await killablePods(core, namespace);
    const wanted = killed.length === 0 ? pods.filter((name) => name.startsWith("restate-")) : pods;
    const name = wanted[Math.floor(Math.random() * wanted.length)];
    if (name !== undefined) {
      await core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 });
      killed.push(name);
    }
    await sleepMilliseconds(PAUSE_SECONDS * 1000);
  }
  return killed;
}

async function killablePods(core: CoreV1Api, namespace: string): Promise<string[]> {
  const { items } = await core.listNamespacedPod({ namespace });
  const pods = items
    .filter(({ metadata }) => WORKLOADS.test(metadata?.labels?.["app.kubernetes.io/name"] ?? ""))
    .map(({ metadata, status }) => ({
      name: metadata?.name ?? "",
      workload: metadata?.labels?.["app.kubernetes.io/name"] ?? "",
      ready: status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
    }));
  const broken = new Set(pods.filter(({ ready }) => !ready).map(({ workload }) => workload));
  return pods.filter(({ workload }) => !broken.has(workload)).map(({ name }) => name);
}
