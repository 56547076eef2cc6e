import { createPublicKey, type KeyObject } from "node:crypto";

/** The first bytes of an ed25519 public key in DER (RFC 8410): algorithm and length. */
const derPrefix = Buffer.from("302a300506032b6570032100", "hex");
const keyBytes = 32;

/** What is wrong with a public key as settings have it; undefined: nothing. */
export function modelKeyProblem(text: string): string | undefined {
  const isKey = /^[A-Za-z0-9+/]{43}=$/.test(text) && Buffer.from(text, "base64").length === keyBytes;
  return isKey
    ? undefined
    : `${JSON.stringify(text.slice(0, 60))} must be an ed25519 public key: 32 bytes as base64, as \`skyloom models key\` prints it`;
}

export function readModelKey(text: string): KeyObject {
  const der = Buffer.concat([derPrefix, Buffer.from(text, "base64")]);
  return createPublicKey({ key: der, format: "der", type: "spki" });
}

/** As settings take it. @param key an ed25519 public key */
export function writeModelKey(key: KeyObject): string {
  return key.export({ format: "der", type: "spki" }).subarray(derPrefix.length).toString("base64");
}
