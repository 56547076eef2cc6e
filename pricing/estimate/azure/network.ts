import type { EstimateInput } from "../cost-estimate.ts";
import { allMonth, type Context, type Describers, type Meter } from "../meter.ts";
import { dnsZoneMeters, endpointTraffic, loadBalancerTraffic, natTraffic } from "../network-meters.ts";
import { text } from "../read-property.ts";

const zone = { meters: dnsZoneMeters };

export const network: Describers = {
  "azure-native:network:NatGateway": { meters: natMeters },
  "azure-native:network:PublicIPAddress": { meters: addressMeters },
  "azure-native:network:LoadBalancer": { meters: loadBalancerMeters },
  "azure-native:network:PrivateEndpoint": { meters: endpointMeters },
  "azure-native:privatedns:PrivateZone": zone,
  "azure-native:network:PrivateZone": zone,
  "azure-native:dns:Zone": zone,
  "azure-native:network:Zone": zone,
};

function natMeters(resource: EstimateInput, context: Context): Meter[] {
  return [
    { part: "network", what: "NAT gateway", amount: allMonth(1), service: "nat-gateway" },
    ...natTraffic(resource, context),
  ];
}

/** The table has the price of the SKU Standard, which all addresses are from 2025 on. */
function addressMeters({ properties }: EstimateInput): Meter[] {
  const sku = text(properties, "sku.name");
  const priced = sku === undefined || sku === "Standard";
  const amount = allMonth(1);
  return [{ part: "network", what: "public address", amount, ...(priced && { service: "public-address" }) }];
}

function loadBalancerMeters(resource: EstimateInput, context: Context): Meter[] {
  const sku = text(resource.properties, "sku.name");
  if (sku === "Basic") return [];
  return [
    { part: "network", what: "load balancer", amount: allMonth(1), service: "load-balancer" },
    loadBalancerTraffic(resource, context),
  ];
}

function endpointMeters(resource: EstimateInput, context: Context): Meter[] {
  return [
    { part: "network", what: "private endpoint", amount: allMonth(1), service: "private-endpoint" },
    endpointTraffic(resource, context),
  ];
}
