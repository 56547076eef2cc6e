import type { EndpointLimits } from "../../preflight/public-endpoint.ts";

/** https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
export const endpointLimits: EndpointLimits = { maximumRanges: 40, refusesPrivate: true };
