import { Connection } from "../../simulator/kubernetes-api/connection.ts";
import { findAccess } from "../../simulator/kubernetes-api/kubeconfig.ts";
import { numberAt, Objects } from "../../simulator/kubernetes-api/objects.ts";
import {
  deploymentReadiness,
  statefulSetReadiness,
} from "../../simulator/kubernetes-api/readiness/workloads.ts";
import type { ResourceState } from "../pulumi.ts";
import type { StackAccess } from "./stack-access.ts";

/** A workload of the stack as the cluster has it now. */
export interface WorkloadStatus {
  name: string;
  /** Replicas that are ready, and that there are to be; an autoscaler may want none. */
  ready: number;
  wanted: number;
  healthy: boolean;
  /** Why it is not as it should be, e.g. that a pod waits for a GPU; empty where it is. */
  reason: string;
}

const readinessOf = { Deployment: deploymentReadiness, StatefulSet: statefulSetReadiness };

/**
 * The workloads that the state names.
 * @throws ProviderError when the kubeconfig is wrong or the cluster does not answer.
 */
export async function workloadStatuses(
  access: StackAccess,
  resources: readonly ResourceState[],
): Promise<WorkloadStatus[]> {
  const connection = new Connection(findAccess({ ...access }), new AbortController().signal);
  await connection.assertReachable();
  const objects = new Objects(connection);
  const workloads = resources.flatMap(({ type, id = "" }) => {
    const kind = type.split(":").at(-1) ?? "";
    const [namespace = "", name = ""] = id.split("/");
    return type.startsWith("kubernetes:apps/v1:") && isWorkload(kind) ? [{ kind, namespace, name }] : [];
  });
  return await Promise.all(workloads.map((workload) => statusOf(workload, objects)));
}

type WorkloadKind = keyof typeof readinessOf;

function isWorkload(kind: string): kind is WorkloadKind {
  return kind in readinessOf;
}

async function statusOf(
  { kind, namespace, name }: { kind: WorkloadKind; namespace: string; name: string },
  objects: Objects,
): Promise<WorkloadStatus> {
  const served = await objects.find("apps/v1", kind);
  const object = served && (await objects.get({ served, namespace, name }));
  if (object === undefined)
    return { name, ready: 0, wanted: 0, healthy: false, reason: "it is not in the cluster" };
  const verdict = await readinessOf[kind](object, objects);
  return {
    name,
    ready: numberAt(object, "status.readyReplicas") ?? 0,
    wanted: numberAt(object, "spec.replicas") ?? 1,
    healthy: verdict.ready,
    reason: verdict.ready ? "" : verdict.message,
  };
}
