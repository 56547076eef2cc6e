import { PrivateDnsZoneGroup } from "@pulumi/azure-native/network/privateDnsZoneGroup.js";
import { PrivateEndpoint } from "@pulumi/azure-native/network/privateEndpoint.js";
import { PrivateZone } from "@pulumi/azure-native/privatedns/privateZone.js";
import { VirtualNetworkLink } from "@pulumi/azure-native/privatedns/virtualNetworkLink.js";
import type { Input, Resource } from "@pulumi/pulumi";
import type { AzureContext } from "./foundation.ts";
import type { AzureNetwork } from "./network.ts";

/** DNS zones of private endpoints (https://learn.microsoft.com/azure/private-link/private-endpoint-dns). */
const zones = {
  blob: "privatelink.blob.core.windows.net",
  queue: "privatelink.queue.core.windows.net",
  vault: "privatelink.vaultcore.azure.net",
} as const;

/**
 * An address inside the network for a service of a resource, and the names that lead there.
 * @returns what the service can be reached after.
 */
export function createPrivateEndpoint(
  { names, parent, placed, inGroup }: AzureContext,
  { network, privateEndpoints }: AzureNetwork,
  service: keyof typeof zones,
  resourceId: Input<string>,
): Resource {
  const zone = new PrivateZone(
    `private-zone-${service}`,
    { ...inGroup, privateZoneName: zones[service], location: "global", tags: placed.tags },
    { parent },
  );
  // AKS has an endpoint of its own for the vault of the cluster's key, and that name is not in this zone: it goes on to
  // be looked up as if there were none (https://learn.microsoft.com/azure/dns/private-dns-fallback).
  new VirtualNetworkLink(
    `private-zone-${service}-link`,
    {
      ...inGroup,
      privateZoneName: zone.name,
      virtualNetworkLinkName: names.network,
      virtualNetwork: { id: network.id },
      registrationEnabled: false,
      ...(service === "vault" && { resolutionPolicy: "NxDomainRedirect" }),
      location: "global",
      tags: placed.tags,
    },
    { parent },
  );
  const endpoint = new PrivateEndpoint(
    `private-endpoint-${service}`,
    {
      ...placed,
      privateEndpointName: `${names.network}-${service}`,
      subnet: { id: privateEndpoints.id },
      privateLinkServiceConnections: [
        { name: service, privateLinkServiceId: resourceId, groupIds: [service] },
      ],
    },
    { parent },
  );
  return new PrivateDnsZoneGroup(
    `private-endpoint-${service}-names`,
    {
      ...inGroup,
      privateEndpointName: endpoint.name,
      privateDnsZoneGroupName: "default",
      privateDnsZoneConfigs: [{ name: service, privateDnsZoneId: zone.id }],
    },
    { parent },
  );
}
