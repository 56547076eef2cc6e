import type { EstimateInput } from "./cost-estimate.ts";
import { always, type Context, type Meter } from "./meter.ts";

// What is billed alike on every cloud; each has its own prices for it.

/** A zone is billed by the month, whatever part of it. */
export function dnsZoneMeters(): Meter[] {
  return [{ part: "network", what: "DNS zone", amount: always(1), service: "dns-zone" }];
}

/** What passes through a NAT gateway, and what of that leaves the cloud. */
export function natTraffic(resource: EstimateInput, context: Context): Meter[] {
  const amount = context.use(resource, "natGb");
  return [
    { part: "network", what: "traffic through NAT", amount, service: "nat-gateway-data" },
    egress(resource, context),
  ];
}

export function egress(resource: EstimateInput, context: Context): Meter {
  const amount = context.use(resource, "egressGb");
  return { part: "network", what: "traffic to the internet", amount, service: "internet-egress" };
}

export function endpointTraffic(resource: EstimateInput, context: Context): Meter {
  const amount = context.use(resource, "endpointGb");
  return { part: "network", what: "traffic through the endpoint", amount, service: "private-endpoint-data" };
}

export function loadBalancerTraffic(resource: EstimateInput, context: Context): Meter {
  const amount = context.use(resource, "loadBalancerGb");
  return {
    part: "network",
    what: "traffic through the load balancer",
    amount,
    service: "load-balancer-data",
  };
}
