import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";
import { ApiError, errorMessage, invalidInput } from "../errors.ts";
import { modelKeyProblem, readModelKey, writeModelKey } from "./model-keys.ts";

/*
 * A version's signature is about its manifest.json, byte by byte; that holds name, version, and the size and SHA-256 of
 * each of the files. It lies beside it, as manifest.signature.json.
 */

/** The signature's file in the version's folder. */
export const signatureFile = "manifest.signature.json";

const signatureSchema = z.object({
  /** The signer's, as settings have it. */
  publicKey: z
    .string()
    .refine((text) => modelKeyProblem(text) === undefined, "must be an ed25519 public key"),
  /** 64 bytes as base64. */
  signature: z.string().regex(/^[A-Za-z0-9+/]{86}==$/, "must be 64 bytes as base64"),
});

/**
 * @param pem an ed25519 private key, as `openssl genpkey -algorithm ed25519` writes it
 * @throws ApiError `invalid-key` (400)
 */
export function readSigningKey(pem: string | Uint8Array): KeyObject {
  const refused = (message: string) => invalidInput("invalid-key", [{ path: "", message }], "signing key");
  let key: KeyObject;
  try {
    key = createPrivateKey(Buffer.from(pem));
  } catch (error) {
    throw refused(`must be a private key in PEM form: ${errorMessage(error)}`);
  }
  if (key.asymmetricKeyType !== "ed25519")
    throw refused(`must be an ed25519 key, not ${key.asymmetricKeyType}: openssl genpkey -algorithm ed25519`);
  return key;
}

/** The public key of a private one, as settings take it. */
export function publicKeyOf(key: KeyObject): string {
  return writeModelKey(createPublicKey(key));
}

/** What goes into the signature's file. */
export function signManifest(manifest: Uint8Array, key: KeyObject): string {
  const content = {
    publicKey: publicKeyOf(key),
    signature: sign(null, manifest, key).toString("base64"),
  } satisfies z.infer<typeof signatureSchema>;
  return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * @param signature the content of the signature's file; undefined: there is none
 * @param keys public keys as settings have them
 * @throws ApiError `model-not-signed` (503)
 */
export function checkSignature(
  what: string,
  { manifest, signature, keys }: { manifest: Uint8Array; signature: Uint8Array | undefined; keys: string[] },
): void {
  const refused = (reason: string) =>
    new ApiError(`${what} is not signed by a known key: ${reason}`, {
      status: 503,
      code: "model-not-signed",
      isRetryable: false,
    });
  if (signature === undefined) throw refused("it has no signature");
  const parsed = signatureSchema.safeParse(parseJson(signature));
  if (!parsed.success) throw refused(`its signature cannot be read: ${parsed.error.issues[0]?.message}`);
  const { publicKey, signature: bytes } = parsed.data;
  if (!keys.includes(publicKey)) throw refused(`${publicKey} is none of SKYLOOM_MODEL_KEYS`);
  if (!verify(null, manifest, readModelKey(publicKey), Buffer.from(bytes, "base64")))
    throw refused("its signature is of another manifest");
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
