import type { EstimateInput } from "../cost-estimate.ts";
import { allMonth, type Context, type Describers, type Meter, notKnownYet } from "../meter.ts";
import { dnsZoneMeters, egress, endpointTraffic, natTraffic } from "../network-meters.ts";
import { flag, list, notYet, text } from "../read-property.ts";

export const network: Describers = {
  "aws:ec2/natGateway:NatGateway": { meters: natMeters },
  "aws:ec2/eip:Eip": {
    meters: () => [
      { part: "network", what: "public address", amount: allMonth(1), service: "public-address" },
    ],
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": { meters: endpointMeters },
  "aws:lb/loadBalancer:LoadBalancer": { meters: loadBalancerMeters },
  "aws:alb/loadBalancer:LoadBalancer": { meters: loadBalancerMeters },
  "aws:elb/loadBalancer:LoadBalancer": {
    // A classic one has a price of its own, which no table has.
    meters: () => [{ part: "network", what: "classic load balancer", amount: allMonth(1) }],
  },
  "aws:route53/zone:Zone": { meters: dnsZoneMeters },
};

function natMeters(resource: EstimateInput, context: Context): Meter[] {
  return [
    { part: "network", what: "NAT gateway", amount: allMonth(1), service: "nat-gateway" },
    ...natTraffic(resource, context),
  ];
}

/** Billed for each zone, that is subnet; those of the kind Gateway are free. */
function endpointMeters(resource: EstimateInput, context: Context): Meter[] {
  const kind = text(resource.properties, "vpcEndpointType");
  if (kind === undefined || kind === "Gateway") return [];
  const subnets = list(resource.properties, "subnetIds");
  const amount = subnets === notYet ? notKnownYet("subnetIds") : allMonth(Math.max(subnets.length, 1));
  return [
    { part: "network", what: "private endpoint in each subnet", amount, service: "private-endpoint" },
    endpointTraffic(resource, context),
  ];
}

function loadBalancerMeters(resource: EstimateInput, context: Context): Meter[] {
  const { properties } = resource;
  const subnets = list(properties, "subnets");
  const mapped = list(properties, "subnetMappings");
  const zones = subnets === notYet || mapped === notYet ? notYet : Math.max(subnets.length, mapped.length, 1);
  const addresses = zones === notYet ? notKnownYet("subnets") : allMonth(zones);
  const units = context.use(resource, "loadBalancerCapacityUnits");
  return [
    { part: "network", what: "load balancer", amount: allMonth(1), service: "load-balancer" },
    {
      part: "network",
      what: "load balancer's capacity",
      amount: allMonth(units),
      service: "load-balancer-capacity",
    },
    ...(flag(properties, "internal") === true
      ? []
      : [
          {
            part: "network",
            what: "public address in each subnet",
            amount: addresses,
            service: "public-address",
          } as const,
          egress(resource, context),
        ]),
  ];
}
