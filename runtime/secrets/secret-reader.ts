import { ApiError } from "../errors.ts";
import { type SecretFailure, secretError } from "./secret-errors.ts";
import { checkedValue, checkSecretName } from "./secret-rules.ts";
import type { SecretStore } from "./secret-store.ts";

/** What a driver says of itself; the rest is the same for all. */
export interface SecretReader {
  /** As it was configured, for messages. */
  url: string;
  /** What a secret is called at the service. */
  idOf(name: string): string;
  /** What the service calls the permission to read a secret. */
  permission: string;
  /** The newest version. */
  read(name: string): Promise<string | Uint8Array>;
  /** Undefined for an error that the driver does not know. */
  failureOf(error: unknown): SecretFailure | undefined;
  /** Default: a secret is asked for that nobody has. */
  check?(): Promise<void>;
  close(): Promise<void>;
}

/** Asked for to see whether the service answers. */
const probeName = "skyloom-readiness";
/** Health is asked for every few seconds, and each read has its price. */
const rememberedMilliseconds = 30_000;

export function createSecretReader(reader: SecretReader): SecretStore {
  const { url, permission } = reader;
  let reachedAt = Number.NEGATIVE_INFINITY;

  async function translated<Result>(name: string, call: () => Promise<Result>): Promise<Result> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw secretError(error, reader.failureOf(error), { name, url, id: reader.idOf(name), permission });
    }
  }

  /** That it refuses one name, or has it not, is an answer too. */
  async function probe(): Promise<void> {
    try {
      await translated(probeName, () => reader.read(probeName));
    } catch (error) {
      const isAnswer =
        error instanceof ApiError && ["secret-not-found", "secret-access-denied"].includes(error.code);
      if (!isAnswer) throw error;
    }
  }

  return {
    async get(name) {
      checkSecretName(name);
      return checkedValue(name, await translated(name, () => reader.read(name)));
    },
    async check() {
      if (performance.now() - reachedAt < rememberedMilliseconds) return;
      await (reader.check === undefined ? probe() : translated(probeName, reader.check));
      reachedAt = performance.now();
    },
    close: () => reader.close(),
  };
}
