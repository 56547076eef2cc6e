import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";

/** By which a pod of a mesh is reached, whatever port the caller meant. */
const MESH_PORT = 15_008;

export interface DeniedNamespace {
  name: string;
  /** On which its pods answer others than each other. */
  ports: number[];
  /** Whether they call anybody. */
  calls: boolean;
}

/** Lets nobody in to the pods of a namespace but each other and, on named ports, the cluster. */
export function denyConnections(
  { name: namespace, ports, calls }: DeniedNamespace,
  options: CustomResourceOptions,
): void {
  const policyTypes = calls ? ["Ingress"] : ["Ingress", "Egress"];
  new NetworkPolicy(
    `${namespace}-deny-all`,
    { metadata: { name: "deny-all", namespace }, spec: { podSelector: {}, policyTypes } },
    options,
  );
  if (ports.length === 0) return;
  new NetworkPolicy(
    `${namespace}-allow`,
    {
      metadata: { name: "allow", namespace },
      spec: {
        podSelector: {},
        policyTypes: ["Ingress"],
        ingress: [
          { from: [{ podSelector: {} }] },
          // From anywhere: the API server's address, from which webhooks are called, is no pod's.
          { ports: [...ports, MESH_PORT].map((port) => ({ port })) },
        ],
      },
    },
    options,
  );
}
