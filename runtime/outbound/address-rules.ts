import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Which addresses this process may connect to when somebody else names the target. */
export interface AddressRules {
  /** @param host the name or the literal address in the URL, as `URL.hostname` has it */
  isAllowed(host: string, address: string): boolean;
}

/**
 * Not in ipaddr.js as special, and yet nobody's server on the internet: networks for benchmarks, and Azure's metadata and
 * wire server, which stands at a public address.
 */
const furtherRanges = [ipaddr.IPv4.parseCIDR("198.18.0.0/15"), ipaddr.IPv4.parseCIDR("168.63.129.16/32")];
/** Global unicast: everything outside of it is private, local, multicast or not assigned. */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");
/** NAT64 (RFC 6052) puts an IPv4 address into the last 32 bits. */
const nat64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");

const hostName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;

/** What is wrong with an entry of the list of what is allowed; undefined if nothing. */
export function allowedEntryProblem(entry: string): string | undefined {
  if (parseNetwork(entry) !== undefined) return undefined;
  // A name of digits and dots is an address with a mistake in it.
  if (hostName.test(entry) && !/^[\d.]+$/.test(entry)) return undefined;
  return `"${entry}" must be an address, a network such as 10.1.0.0/16 or fd00::/8, or the name of a host such as build.internal`;
}

/**
 * Public addresses are allowed; those of `allowed` are too. An entry is an address, a network (CIDR), or the name of a host:
 * that host may then have any address.
 */
export function createAddressRules(allowed: readonly string[] = []): AddressRules {
  const networks = allowed.map(parseNetwork).filter((network) => network !== undefined);
  const hosts = new Set(
    allowed.filter((entry) => parseNetwork(entry) === undefined).map((entry) => entry.toLowerCase()),
  );
  return {
    isAllowed(host, address) {
      if (hosts.has(host.toLowerCase().replace(/\.$/, ""))) return true;
      const withoutZone = address.replace(/%.*$/, "");
      if (isIP(withoutZone) === 0 || !ipaddr.isValid(withoutZone)) return false;
      const reached = withoutTranslation(ipaddr.process(withoutZone));
      return isPublic(reached) || networks.some((network) => isWithin(reached, network));
    },
  };
}

/** An IPv4 address within an IPv6 one is where the packets go in the end. */
function withoutTranslation(address: Address): Address {
  if (address.kind() === "ipv4" || !isWithin(address, nat64)) return address;
  return new ipaddr.IPv4(address.toByteArray().slice(-4));
}

function isPublic(address: Address): boolean {
  if (address.range() !== "unicast") return false;
  if (address.kind() === "ipv6") return isWithin(address, globalUnicast);
  return !furtherRanges.some((range) => isWithin(address, range));
}

function isWithin(address: Address, network: [Address, number]): boolean {
  if (address.kind() !== network[0].kind()) return false;
  return (address as ipaddr.IPv4).match(network as [ipaddr.IPv4, number]);
}

function parseNetwork(entry: string): [Address, number] | undefined {
  const [address = "", bits, ...rest] = entry.split("/");
  const version = isIP(address);
  const width = version === 4 ? 32 : 128;
  if (version === 0 || rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return undefined;
  const prefix = bits === undefined ? width : Number(bits);
  return prefix <= width && ipaddr.isValid(address) ? [ipaddr.parse(address), prefix] : undefined;
}
