import type { KeyObject } from "node:crypto";
import { ApiError } from "../errors.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import { publicKeyOf, readSigningKey } from "./model-signature.ts";

/** The keys that a runtime signs with what it publishes itself: imports, and models that workflows trained. */
export interface ModelSigner {
  /**
   * @param secret with the key. Default: the setting's.
   * @returns undefined where no key is set and versions need no signature
   * @throws ApiError `cannot-sign` (409) where this runtime could not load what it publishes, `secrets-not-configured`,
   * `secret-not-usable` (422), and what reading a secret throws
   */
  key(secret?: string): Promise<KeyObject | undefined>;
}

export interface ModelSignerOptions {
  secrets: Pick<SecretStore, "get"> | undefined;
  /** The name of the secret with the key, ed25519 in PEM. Undefined: there is none. */
  secret: string | undefined;
  /** Public keys, one of which must have signed what is loaded; none: versions need no signature. */
  modelKeys: string[];
}

export function createModelSigner({ secrets, secret: usual, modelKeys }: ModelSignerOptions): ModelSigner {
  return {
    async key(secret = usual) {
      if (secret === undefined) {
        if (modelKeys.length === 0) return undefined;
        throw cannotSign("has no key to sign with: set SKYLOOM_MODEL_SIGNING_SECRET, or name a key yourself");
      }
      if (secrets === undefined)
        throw new ApiError(
          `secret "${secret}" cannot be read, the runtime knows none: set SKYLOOM_SECRETS to where they are`,
          { status: 422, code: "secrets-not-configured" },
        );
      const key = usableKey(secret, await secrets.get(secret));
      if (modelKeys.length > 0 && !modelKeys.includes(publicKeyOf(key)))
        throw cannotSign(`the key of secret "${secret}" is none of SKYLOOM_MODEL_KEYS`);
      return key;
    },
  };
}

/** Without the key in any message. */
function usableKey(secret: string, pem: string): KeyObject {
  try {
    return readSigningKey(pem);
  } catch {
    throw new ApiError(`secret "${secret}" is no private key of ed25519 in PEM`, {
      status: 422,
      code: "secret-not-usable",
    });
  }
}

function cannotSign(reason: string): ApiError {
  return new ApiError(`this runtime loads signed models only, and ${reason}`, {
    status: 409,
    code: "cannot-sign",
  });
}
