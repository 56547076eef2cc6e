import type { EndpointLimits } from "../../preflight/public-endpoint.ts";

/**
 * AKS takes 200 ranges of IPv4, one of which is the nodes' own way out
 * (https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges).
 */
export const endpointLimits: EndpointLimits = { maximumRanges: 199, refusesPrivate: false };
