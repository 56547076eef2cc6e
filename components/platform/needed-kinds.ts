import type { NeededKind } from "../cloud-settings.ts";
import type { GatewaySettings } from "./gateway.ts";
import type { Mesh } from "./mesh.ts";
import type { MonitoringSettings } from "./monitoring.ts";

export interface OptionalParts {
  gateway?: GatewaySettings | undefined;
  monitoring?: MonitoringSettings | undefined;
  mesh: Mesh;
}

const kinds = {
  gateway: {
    resources: [
      "gateways.gateway.networking.k8s.io",
      "httproutes.gateway.networking.k8s.io",
      "issuers.cert-manager.io",
      "certificates.cert-manager.io",
    ],
    bring: "install a gateway controller and cert-manager, or set install: true",
  },
  monitoring: {
    resources: ["podmonitors.monitoring.coreos.com", "prometheusrules.monitoring.coreos.com"],
    bring: "install Prometheus' operator, or set install: true",
  },
  mesh: {
    resources: ["peerauthentications.security.istio.io"],
    bring: "install Istio in ambient mode, or set none",
  },
};

/** The kinds of objects that a cluster must know before the parts that are asked for can be put into it. */
export function neededKinds({ gateway, monitoring, mesh }: OptionalParts): NeededKind[] {
  const wanted = {
    gateway: gateway !== undefined && gateway.install !== true,
    monitoring: monitoring?.prometheus === true && monitoring.install !== true,
    mesh: mesh !== "none",
  };
  return Object.entries(kinds).flatMap(([setting, { resources, bring }]) =>
    wanted[setting as keyof typeof kinds] ? resources.map((resource) => ({ setting, resource, bring })) : [],
  );
}
