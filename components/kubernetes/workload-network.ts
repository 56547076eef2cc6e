import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { Workload } from "../cloud.ts";
import { podLabels } from "./pod.ts";

/** Takes from the namespace's refusal of every connection what a workload declares. */
export function allowConnections(
  { name, callers = [], callsOutside = false, storageGib }: Workload,
  { namespace }: { namespace: string },
  options: CustomResourceOptions,
): void {
  const from = [...callers, ...(storageGib === undefined ? [] : [name])];
  new NetworkPolicy(
    name,
    {
      metadata: { name, namespace, labels: podLabels(name) },
      spec: {
        podSelector: { matchLabels: podLabels(name) },
        policyTypes: ["Ingress", "Egress"],
        ingress: from.map((caller) => ({ from: [{ podSelector: { matchLabels: podLabels(caller) } }] })),
        egress: [
          { to: [{ podSelector: { matchLabels: { "app.kubernetes.io/part-of": "skyloom" } } }] },
          ...(callsOutside ? [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }] : []),
        ],
      },
    },
    options,
  );
}
