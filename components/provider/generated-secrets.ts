import { generateKeyPairSync, randomBytes } from "node:crypto";
import bs58 from "bs58";
import { z } from "zod";
import type { ResourceHandler } from "./resource-handler.ts";
import type { WireProperties } from "./wire-values.ts";

const BYTES = 32;

/** skyloom:index:RandomSecret */
export const randomSecretHandler = madeOnce(() => ({ value: randomBytes(BYTES).toString("base64url") }));

/** skyloom:index:SigningKey */
export const signingKeyHandler = madeOnce(() => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  // The raw key is the last part of its SubjectPublicKeyInfo (RFC 8410, section 4).
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-BYTES);
  return {
    privateKeyPem: privateKey.export({ format: "pem", type: "pkcs8" }),
    publicKey: `publickeyv1_${bs58.encode(raw)}`,
  };
});

/** Exists in the stack's state alone. */
function madeOnce(make: () => WireProperties): ResourceHandler<Record<string, never>> {
  return {
    schema: z.strictObject({}),
    replaceOnChanges: [],
    create: async () => make(),
    read: async (_inputs, _context, state) => state,
    update: async () => ({}),
    delete: async () => undefined,
  };
}
