import type { V1Node, V1Pod, V1ResourceQuota } from "@kubernetes/client-node";

/** A node that is ready and has 4 cores, 16 GiB and 100 GiB of disk, with what differs. */
export function node(
  name: string,
  {
    labels = {},
    gpus = 0,
    taint,
    ready = true,
    unschedulable = false,
  }: {
    labels?: Record<string, string>;
    gpus?: number;
    taint?: string;
    ready?: boolean;
    unschedulable?: boolean;
  } = {},
): V1Node {
  return {
    metadata: { name, labels },
    spec: {
      unschedulable,
      ...(taint !== undefined && { taints: [{ key: taint, effect: "NoSchedule" }] }),
    },
    status: {
      allocatable: {
        cpu: "4",
        memory: "16Gi",
        "ephemeral-storage": "100Gi",
        ...(gpus > 0 && { "nvidia.com/gpu": String(gpus) }),
      },
      conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
    },
  };
}

export function pod(
  name: string,
  nodeName: string | undefined,
  requests: Record<string, string>,
  { own = false, phase = "Running" }: { own?: boolean; phase?: string } = {},
): V1Pod {
  return {
    metadata: { name, labels: own ? { own: "true" } : {} },
    spec: {
      ...(nodeName !== undefined && { nodeName }),
      containers: [{ name: "main", resources: { requests } }],
    },
    status: { phase },
  };
}

export function quota(
  hard: Record<string, string>,
  used: Record<string, string> = {},
  scopes: string[] = [],
): V1ResourceQuota {
  return { spec: { hard, scopes }, status: { used } };
}

export const isOwn = ({ metadata }: V1Pod) => metadata?.labels?.own === "true";

export const gibibyte = 1024 ** 3;
