import { isIPv6 } from "node:net";

/**
 * The widest ranges that are anyone's: what IANA hands out at once (its registries of the IPv4 address space and of
 * IPv6 global unicast addresses). Wider ones are how everybody is let in by halves, 0.0.0.0/1 and 128.0.0.0/1.
 */
export const widestPrefix = { ipv4: 8, ipv6: 12 };

/** Whether a range of addresses is, for all purposes, everybody. */
export function isWholeInternet(range: unknown): boolean {
  const [address = "", prefix] = String(range).split("/");
  return Number(prefix) < (isIPv6(address) ? widestPrefix.ipv6 : widestPrefix.ipv4);
}
