import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { amount } from "./quantity.ts";

export interface Requests {
  /** Cores. */
  cpu: number;
  /** Bytes. */
  memory: number;
  /** Bytes. */
  storage: number;
  gpu: number;
}

const names = { cpu: "cpu", memory: "memory", storage: "ephemeral-storage", gpu: "nvidia.com/gpu" } as const;

/**
 * What the scheduler holds back for a pod: its containers together or its largest start-up container, whichever is more
 * (https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers).
 */
export function requestsOf({ spec }: V1Pod): Requests {
  const starting = spec?.initContainers ?? [];
  // Such a container stays beside the others.
  const isBeside = ({ restartPolicy }: V1Container) => restartPolicy === "Always";
  const beside = starting.filter(isBeside);
  const before = starting.filter((container) => !isBeside(container));
  const requests = Object.entries(names).map(([key, name]) => {
    const of = (container: V1Container) =>
      amount(container.resources?.requests?.[name] ?? container.resources?.limits?.[name] ?? "0");
    const total = (containers: V1Container[]) =>
      containers.reduce((sum, container) => sum + of(container), 0);
    const together = total([...(spec?.containers ?? []), ...beside]);
    const overhead = amount(spec?.overhead?.[name] ?? "0");
    return [key, Math.max(together, ...before.map((one) => of(one) + total(beside))) + overhead];
  });
  return Object.fromEntries(requests) as unknown as Requests;
}
