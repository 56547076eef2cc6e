import { isIPv4 } from "node:net";
import type { PublicEndpointSettings } from "../../cloud.ts";

/** Ranges that a public endpoint can name (https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html). */
const MAXIMUM_RANGES = 40;

/** Addresses that never arrive from the internet; EKS refuses them (RFC 1918, RFC 6598, RFC 3927, RFC 1122). */
const PRIVATE =
  /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.)/;

/** What is wrong with who may reach the API server. */
export function endpointProblems({ enabled, allowedCidrs }: PublicEndpointSettings): string[] {
  const key = "skyloom:publicEndpoint.allowedCidrs";
  if (!enabled) return [];
  return [
    ...(allowedCidrs.length === 0 ? [`${key}: must name the ranges that may reach a public endpoint`] : []),
    ...(allowedCidrs.length > MAXIMUM_RANGES
      ? [`${key}: at most ${MAXIMUM_RANGES} ranges, not ${allowedCidrs.length}`]
      : []),
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
  if (!valid) return `must be an IPv4 range such as 203.0.113.0/24, not "${range}"`;
  return PRIVATE.test(address)
    ? `${range} is a private range, which a public endpoint never sees; name the addresses by which your networks go out`
    : undefined;
}
