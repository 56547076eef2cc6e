import { Network } from "@pulumi/gcp/compute/network.js";
import { Router } from "@pulumi/gcp/compute/router.js";
import { RouterNat } from "@pulumi/gcp/compute/routerNat.js";
import { Subnetwork } from "@pulumi/gcp/compute/subnetwork.js";
import type { GcpContext } from "./foundation.ts";
import type { EnabledServices } from "./services.ts";

/** 4,096 nodes, 262,144 pods (256 a node, so 1,024 nodes), 4,096 services: none overlaps another. */
const ranges = { nodes: "10.0.0.0/20", pods: "10.4.0.0/14", services: "10.8.0.0/20" };

export interface GcpNetwork {
  network: Network;
  subnetwork: Subnetwork;
  /** The way out; nodes need it to start, so it comes before them and goes after them. */
  nat: RouterNat;
  podRange: string;
  serviceRange: string;
}

/**
 * A network with one subnetwork in the region. No firewall rule: what is not allowed is denied from outside, GKE makes
 * the rules between its nodes and control plane itself, and Google's own services are reached by Private Google Access.
 */
export function createNetwork(context: GcpContext, enabled: EnabledServices): GcpNetwork {
  const { names, region, parent, project } = context;
  const common = { project: project.id, region };
  const network = new Network(
    "network",
    { project: project.id, name: names.network, autoCreateSubnetworks: false, routingMode: "REGIONAL" },
    { parent, dependsOn: enabled("compute") },
  );
  const subnetwork = createSubnetwork(context, network);
  const router = new Router("router", { ...common, name: names.router, network: network.id }, { parent });
  const nat = new RouterNat(
    "nat",
    {
      ...common,
      name: names.nat,
      router: router.name,
      natIpAllocateOption: "AUTO_ONLY",
      sourceSubnetworkIpRangesToNat: "ALL_SUBNETWORKS_ALL_IP_RANGES",
      logConfig: { enable: true, filter: "ERRORS_ONLY" },
    },
    { parent },
  );
  return { network, subnetwork, nat, podRange: "pods", serviceRange: "services" };
}

function createSubnetwork({ names, region, parent, project, production }: GcpContext, network: Network) {
  return new Subnetwork(
    "subnetwork",
    {
      project: project.id,
      region,
      name: names.subnetwork,
      network: network.id,
      ipCidrRange: ranges.nodes,
      secondaryIpRanges: [
        { rangeName: "pods", ipCidrRange: ranges.pods },
        { rangeName: "services", ipCidrRange: ranges.services },
      ],
      privateIpGoogleAccess: true,
      logConfig: {
        aggregationInterval: "INTERVAL_5_MIN",
        flowSampling: production ? 0.5 : 0.1,
        metadata: "INCLUDE_ALL_METADATA",
      },
    },
    { parent },
  );
}
