import type { EndpointLimits } from "../../preflight/public-endpoint.ts";

/** https://cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks */
export const endpointLimits: EndpointLimits = { maximumRanges: 100, refusesPrivate: false };
