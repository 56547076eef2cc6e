import { isIPv4 } from "node:net";
import type { PublicEndpointSettings } from "../../cloud.ts";

/** Ranges that AKS takes (https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges). */
const MAXIMUM_RANGES = 200;

/** What is wrong with who may reach the cluster's API server from outside. */
export function publicEndpointProblems({ enabled, allowedCidrs }: PublicEndpointSettings): string[] {
  const key = "skyloom:publicEndpoint.allowedCidrs";
  if (!enabled) return [];
  if (allowedCidrs.length === 0 || allowedCidrs.length > MAXIMUM_RANGES - 1)
    return [
      `${key}: must be 1 to ${MAXIMUM_RANGES - 1} ranges, not ${allowedCidrs.length}; without any, everybody is let in`,
    ];
  return allowedCidrs.flatMap((cidr, index) => {
    const problem = cidrProblem(cidr);
    return problem === undefined ? [] : [`${key}[${index}]: "${cidr}" ${problem}`];
  });
}

function cidrProblem(cidr: string): string | undefined {
  const [address = "", prefix = "", ...rest] = cidr.split("/");
  if (!isIPv4(address) || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32 || rest.length > 0)
    return "must be an IPv4 range such as 203.0.113.0/24; AKS takes no IPv6";
  if (Number(prefix) === 0) return "lets everybody in; name the ranges that need it";
  return undefined;
}
