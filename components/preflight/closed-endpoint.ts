import type { PublicEndpointSettings } from "../cloud.ts";

/**
 * What whoever runs an update should know of a cluster whose API is closed to the outside: nothing tells from where the
 * update runs, so it is no problem by itself.
 */
export function closedEndpointWarnings({ enabled }: PublicEndpointSettings): string[] {
  if (enabled) return [];
  return [
    "skyloom:publicEndpoint: the cluster's API is closed to the outside; an update that runs outside of the cluster's network cannot put objects into it. Set skyloom:publicEndpoint to {enabled: true, allowedCidrs: [the ranges that you update from]}, or run the update inside of that network",
  ];
}
