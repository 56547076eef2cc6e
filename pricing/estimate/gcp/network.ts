import type { EstimateInput } from "../cost-estimate.ts";
import { allMonth, type Context, type Describers, type Meter, mapRange } from "../meter.ts";
import { dnsZoneMeters, loadBalancerTraffic, natTraffic } from "../network-meters.ts";
import { list, notYet, text } from "../read-property.ts";

const rule = { meters: forwardingMeters };
const address = { meters: addressMeters };

export const network: Describers = {
  "gcp:compute/routerNat:RouterNat": { meters: natMeters },
  "gcp:compute/address:Address": address,
  "gcp:compute/globalAddress:GlobalAddress": address,
  "gcp:compute/forwardingRule:ForwardingRule": rule,
  "gcp:compute/globalForwardingRule:GlobalForwardingRule": rule,
  "gcp:dns/managedZone:ManagedZone": { meters: dnsZoneMeters },
};

/** More machines than these cost no more. */
const BILLED_MACHINES = 32;

/** Billed by the machines that use it, and for the addresses that it takes by itself. */
function natMeters(resource: EstimateInput, context: Context): Meter[] {
  const addresses = list(resource.properties, "natIps");
  const machines = mapRange(context.nodes(), (count) => Math.min(count, BILLED_MACHINES));
  return [
    {
      part: "network",
      what: `NAT for up to ${BILLED_MACHINES} machines`,
      amount: allMonth(machines),
      service: "nat-gateway",
    },
    ...(addresses !== notYet && addresses.length > 0
      ? []
      : [
          {
            part: "network",
            what: "public address of NAT",
            amount: allMonth(1),
            service: "public-address",
          } as const,
        ]),
    ...natTraffic(resource, context),
  ];
}

/** An internal one is free. */
function addressMeters({ properties }: EstimateInput): Meter[] {
  if (text(properties, "addressType") === "INTERNAL") return [];
  return [{ part: "network", what: "public address", amount: allMonth(1), service: "public-address" }];
}

function forwardingMeters(resource: EstimateInput, context: Context): Meter[] {
  return [
    { part: "network", what: "forwarding rule", amount: allMonth(1), service: "load-balancer" },
    loadBalancerTraffic(resource, context),
  ];
}
