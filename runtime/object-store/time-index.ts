import { invalidInput } from "../errors.ts";

/** Keys of a bucket, `PREFIXTIME-NAME`, that list what has a time and a name, newest first. */
export interface TimeIndex {
  /** Ends with `/`. */
  readonly prefix: string;
  /** @param time milliseconds since 1970 @param name of letters, digits, `-` and `_` */
  keyOf(time: number, name: string): string;
  /** After it comes what is no newer than a time, in milliseconds since 1970. */
  keyBefore(time: number): string;
  /** The name in a key; undefined where it is none of the index. */
  nameOf(key: string): string | undefined;
  /** What stands for a key in `pageToken`. */
  tokenOf(key: string): string;
  /** @throws ApiError `invalid-page-token` (400) */
  keyOfToken(token: string): string;
}

/** The last instant of JavaScript's Date, in milliseconds: times are written as what is left until then. */
const endOfTime = 8_640_000_000_000_000;

/** @param listed what is listed, e.g. `runs`; its prefix is `runs-by-time/` */
export function createTimeIndex(listed: string): TimeIndex {
  const prefix = `${listed}-by-time/`;
  const timeLeft = (time: number) => String(endOfTime - time).padStart(16, "0");

  function nameOf(key: string): string | undefined {
    return key.startsWith(prefix)
      ? /^\d{16}-([A-Za-z0-9_-]+)$/.exec(key.slice(prefix.length))?.[1]
      : undefined;
  }

  return {
    prefix,
    keyOf: (time, name) => `${prefix}${timeLeft(time)}-${name}`,
    keyBefore: (time) => `${prefix}${timeLeft(time)}-0`,
    nameOf,
    tokenOf: (key) => Buffer.from(key.slice(prefix.length)).toString("base64url"),
    keyOfToken(token) {
      const key = prefix + Buffer.from(token, "base64url").toString("utf8");
      if (nameOf(key) !== undefined) return key;
      throw invalidInput(
        "invalid-page-token",
        [{ path: "pageToken", message: `is none that a list of ${listed} returned as nextPageToken` }],
        "page token",
      );
    },
  };
}
