import { NatGateway } from "@pulumi/azure-native/network/natGateway.js";
import { NetworkSecurityGroup } from "@pulumi/azure-native/network/networkSecurityGroup.js";
import { PublicIPAddress } from "@pulumi/azure-native/network/publicIPAddress.js";
import { Subnet } from "@pulumi/azure-native/network/subnet.js";
import { VirtualNetwork } from "@pulumi/azure-native/network/virtualNetwork.js";
import type { Output } from "@pulumi/pulumi";
import type { AzureContext } from "./foundation.ts";

/** Addresses of a stack's network; pods and services have their own, which only the cluster knows. */
const ranges = {
  network: "10.64.0.0/16",
  /** One address a node; pods take theirs from the cluster's overlay. */
  nodes: "10.64.0.0/20",
  privateEndpoints: "10.64.16.0/24",
  /** At least a /28 (https://learn.microsoft.com/azure/aks/api-server-vnet-integration). */
  apiServer: "10.64.17.0/28",
};

export interface AzureNetwork {
  network: VirtualNetwork;
  nodes: Subnet;
  privateEndpoints: Subnet;
  /** The cluster's API server; in production only, where its secrets are encrypted with a key of a private vault. */
  apiServer: Subnet | undefined;
  /** The address that whatever leaves the nodes comes from. */
  egressAddress: Output<string>;
}

/** A network whose nodes have no public address and leave it through a NAT gateway. */
export function createNetwork(context: AzureContext): AzureNetwork {
  const { names, parent, placed, inGroup, production } = context;
  const network = new VirtualNetwork(
    "network",
    { ...placed, virtualNetworkName: names.network, addressSpace: { addressPrefixes: [ranges.network] } },
    { parent },
  );
  const { natGateway, egressAddress } = createNatGateway(context);
  // Its default rules let in the network itself and the load balancer, and nobody else.
  const rules = new NetworkSecurityGroup(
    "private-subnets",
    { ...placed, networkSecurityGroupName: `${names.network}-private` },
    { parent },
  );
  const shared = {
    ...inGroup,
    virtualNetworkName: network.name,
    networkSecurityGroup: { id: rules.id },
    defaultOutboundAccess: false,
  };
  const nodes = new Subnet(
    "subnet-nodes",
    {
      ...shared,
      subnetName: "nodes",
      addressPrefix: ranges.nodes,
      natGateway: { id: natGateway.id },
      // Where storage and vault have no private endpoint, they know their callers by the subnet.
      serviceEndpoints: [{ service: "Microsoft.Storage" }, { service: "Microsoft.KeyVault" }],
    },
    { parent },
  );
  // A network takes one change at a time.
  const privateEndpoints = new Subnet(
    "subnet-private-endpoints",
    { ...shared, subnetName: "private-endpoints", addressPrefix: ranges.privateEndpoints },
    { parent, dependsOn: [nodes] },
  );
  const apiServer = production
    ? new Subnet(
        "subnet-api-server",
        {
          ...shared,
          subnetName: "api-server",
          addressPrefix: ranges.apiServer,
          delegations: [{ name: "aks", serviceName: "Microsoft.ContainerService/managedClusters" }],
        },
        { parent, dependsOn: [privateEndpoints] },
      )
    : undefined;
  return { network, nodes, privateEndpoints, apiServer, egressAddress };
}

function createNatGateway({ names, parent, placed }: AzureContext) {
  const address = new PublicIPAddress(
    "nat-address",
    {
      ...placed,
      publicIpAddressName: names.natGateway,
      sku: { name: "Standard" },
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
    },
    { parent },
  );
  const natGateway = new NatGateway(
    "nat",
    {
      ...placed,
      natGatewayName: names.natGateway,
      sku: { name: "Standard" },
      publicIpAddresses: [{ id: address.id }],
      idleTimeoutInMinutes: 4,
    },
    { parent },
  );
  return { natGateway, egressAddress: address.ipAddress.apply((found) => found ?? "") };
}
