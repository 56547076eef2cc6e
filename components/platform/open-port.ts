import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type { KubernetesAccess } from "../cloud.ts";

/** By which a pod of a mesh is reached, whatever port the caller meant. */
const MESH_PORT = 15_008;

export interface OpenPort {
  /** Name of the policy. */
  name: string;
  /** Labels of the pods that are opened. */
  pods: Record<string, string>;
  port: number;
  /** Whose pods may connect. */
  fromNamespace: string;
}

/** Lets the pods of another namespace reach one port of pods of the stack. */
export function openPort(
  { namespace, options, dependsOn }: KubernetesAccess,
  { name, pods, port, fromNamespace }: OpenPort,
): NetworkPolicy {
  const from = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": fromNamespace } } }];
  return new NetworkPolicy(
    name,
    {
      metadata: { name, namespace, labels: { "app.kubernetes.io/part-of": "skyloom" } },
      spec: {
        podSelector: { matchLabels: pods },
        policyTypes: ["Ingress"],
        ingress: [{ from, ports: [{ port }, { port: MESH_PORT }] }],
      },
    },
    { ...options, dependsOn },
  );
}
