import { isIPv4 } from "node:net";
import type { PublicEndpointSettings } from "../../cloud.ts";

/** What is wrong with who may reach the API server; GKE knows ranges of IPv4 only, at most 100. */
export function endpointProblems({ enabled, allowedCidrs }: PublicEndpointSettings): string[] {
  const key = "skyloom:publicEndpoint.allowedCidrs";
  if (!enabled) return [];
  return [
    ...(allowedCidrs.length === 0 ? [`${key}: must name the ranges that may reach a public endpoint`] : []),
    ...(allowedCidrs.length > 100 ? [`${key}: at most 100 ranges, not ${allowedCidrs.length}`] : []),
    ...allowedCidrs.flatMap((range, index) => {
      const problem = rangeProblem(range);
      return problem === undefined ? [] : [`${key}[${index}]: ${problem}`];
    }),
  ];
}

function rangeProblem(range: string): string | undefined {
  const [address = "", prefix = "", ...more] = range.split("/");
  if (prefix === "0") return `${range} would let in everybody; name the ranges of your own networks`;
  const valid = isIPv4(address) && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32 && more.length === 0;
  return valid ? undefined : `must be an IPv4 range such as 203.0.113.0/24, not "${range}"`;
}
