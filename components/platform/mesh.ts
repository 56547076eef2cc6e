import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type { Cloud } from "../cloud.ts";

/** `skyloom:mesh`; with `istio` the cluster has Istio in ambient mode. */
export type Mesh = "none" | "istio";

/**
 * Labels of a namespace whose pods the mesh takes in. Ambient, not sidecars: these need a container that may change the
 * pod's network, which the restricted profile refuses; an ambient pod stays as it is.
 */
export function meshLabels(mesh: Mesh): Record<string, string> {
  return mesh === "istio" ? { "istio.io/dataplane-mode": "ambient" } : {};
}

/** From where the kubelet's probes come to a pod of the mesh (https://istio.io/latest/docs/ambient/usage/networkpolicy/). */
const PROBES = "169.254.7.127/32";

/** Refuses every connection to the stack's pods that is not mutual TLS. */
export function deployMesh({ cluster: { kubernetes } }: Pick<Cloud, "cluster">, mesh: Mesh): void {
  if (kubernetes === undefined || mesh === "none") return;
  const { namespace, dependsOn } = kubernetes;
  const options = { ...kubernetes.options, dependsOn };
  new CustomResource(
    "mutual-tls",
    {
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      metadata: { name: "default", namespace },
      spec: { mtls: { mode: "STRICT" } },
    },
    options,
  );
  new NetworkPolicy(
    "allow-probes",
    {
      metadata: { name: "allow-probes", namespace },
      spec: {
        podSelector: {},
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ ipBlock: { cidr: PROBES } }] }],
      },
    },
    options,
  );
}
