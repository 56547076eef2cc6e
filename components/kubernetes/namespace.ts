import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";

/**
 * The stack's namespace: pods under the restricted profile, and no connection in or out but those that a workload
 * declares and names looked up at the cluster's DNS.
 * @returns what must be there before the first object in it.
 */
export function createNamespace(
  name: string,
  labels: Record<string, string> = {},
  options: CustomResourceOptions,
): Resource {
  const namespace = new Namespace(
    "namespace",
    {
      metadata: {
        name,
        labels: {
          "pod-security.kubernetes.io/enforce": "restricted",
          "pod-security.kubernetes.io/warn": "restricted",
          ...labels,
        },
      },
    },
    options,
  );
  const inside = { ...options, dependsOn: [namespace] };
  new NetworkPolicy(
    "deny-all",
    {
      metadata: { name: "deny-all", namespace: name },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    },
    inside,
  );
  new NetworkPolicy(
    "allow-dns",
    {
      metadata: { name: "allow-dns", namespace: name },
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        // To any address: clusters differ in where their DNS is, some have a cache on the node.
        egress: [
          {
            ports: [
              { port: 53, protocol: "UDP" },
              { port: 53, protocol: "TCP" },
            ],
          },
        ],
      },
    },
    inside,
  );
  return namespace;
}
