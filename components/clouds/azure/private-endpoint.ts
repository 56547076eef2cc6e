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
  new VirtualNetworkLink(
    `private-zone-${service}-link`,
    {
      ...inGroup,
      privateZoneName: zone.name,
      virtualNetworkLinkName: names.network,
      virtualNetwork: { id: network.id },
      registrationEnabled: false,
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
