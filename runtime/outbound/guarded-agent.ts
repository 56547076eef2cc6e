import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { Agent, buildConnector } from "undici";
import { ApiError } from "../errors.ts";
import type { AddressRules } from "./address-rules.ts";

/** The slice of `dns.lookup` that is used: all addresses of a host. */
export type ResolveHost = (
  host: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const connectTimeoutMilliseconds = 10_000;

/**
 * Connections only to addresses that the rules allow. They are checked where the connection is made, on the address that
 * it is made to: a name that answers differently the second time gains nothing.
 */
export function createGuardedAgent(
  rules: AddressRules,
  resolve: ResolveHost = (host, callback) => systemLookup(host, { all: true }, callback),
): Agent {
  const connector = buildConnector({
    lookup: guardedLookup(rules, resolve),
    timeout: connectTimeoutMilliseconds,
  });
  return new Agent({
    connect(options, callback) {
      // Of a literal address no lookup is made.
      const literal = options.hostname.replace(/^\[|\]$/g, "");
      if (isIP(literal) !== 0 && !rules.isAllowed(literal, literal))
        callback(notAllowed(literal, [literal]), null);
      else connector(options, callback);
    },
  });
}

function guardedLookup(rules: AddressRules, resolve: ResolveHost): LookupFunction {
  return (host, options, callback) =>
    resolve(host, (error, addresses) => {
      if (error) return callback(error, [], 0);
      const family = Number(options.family ?? 0);
      const allowed = addresses.filter(({ address }) => rules.isAllowed(host, address));
      const wanted = allowed.filter((each) => family === 0 || each.family === family);
      const [first] = wanted;
      if (first === undefined)
        return callback(
          notAllowed(
            host,
            addresses.map(({ address }) => address),
          ),
          [],
          0,
        );
      if (options.all === true) callback(null, wanted);
      else callback(null, first.address, first.family);
    });
}

function notAllowed(host: string, addresses: string[]): ApiError {
  const [first] = addresses;
  const isLiteral = addresses.length === 1 && first === host;
  return new ApiError(
    `no connection to ${host}${isLiteral ? "" : ` (${addresses.join(", ")})`}: addresses that are private, loopback, link-local or of a cloud's metadata must be allowed by SKYLOOM_ALLOW_PRIVATE_ADDRESSES`,
    { status: 403, code: "address-not-allowed", isRetryable: false },
  );
}
