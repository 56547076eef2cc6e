import { isIPv4 } from "node:net";
import { isWholeInternet } from "../../policies/network-ranges.ts";
import type { PublicEndpointSettings } from "../cloud.ts";

/** What a cloud allows of the ranges that may reach a cluster's API server. */
export interface EndpointLimits {
  maximumRanges: number;
  /** Whether it refuses ranges that never arrive from the internet. */
  refusesPrivate: boolean;
}

/** RFC 1918, RFC 6598, RFC 3927, RFC 1122. */
const PRIVATE =
  /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.)/;

/** What is wrong with who may reach the API server from outside; ranges of IPv4 only. */
export function publicEndpointProblems(
  { enabled, allowedCidrs }: PublicEndpointSettings,
  { maximumRanges, refusesPrivate }: EndpointLimits,
): string[] {
  const key = "skyloom:publicEndpoint.allowedCidrs";
  if (!enabled) return [];
  return [
    ...(allowedCidrs.length === 0
      ? [`${key}: must name the ranges that may reach a public endpoint; without any, everybody is let in`]
      : []),
    ...(allowedCidrs.length > maximumRanges
      ? [`${key}: at most ${maximumRanges} ranges, not ${allowedCidrs.length}`]
      : []),
    ...allowedCidrs.flatMap((range, index) => {
      const problem = rangeProblem(range, refusesPrivate);
      return problem === undefined ? [] : [`${key}[${index}]: ${problem}`];
    }),
  ];
}

function rangeProblem(range: string, refusesPrivate: boolean): string | undefined {
  if (isWholeInternet(range)) return `${range} would let in everybody; name the ranges of your own networks`;
  const [address = "", prefix = "", ...more] = range.split("/");
  const valid = isIPv4(address) && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32 && more.length === 0;
  if (!valid) return `must be an IPv4 range such as 203.0.113.0/24, not "${range}"`;
  return refusesPrivate && PRIVATE.test(address)
    ? `${range} is a private range, which a public endpoint never sees; name the addresses by which your networks go out`
    : undefined;
}
