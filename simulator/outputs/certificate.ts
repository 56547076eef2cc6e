import type { ResourceContext } from "../session.ts";

/** Base64 of a PEM block, as the clouds give a cluster's certificate authority; it signs nothing. */
export function certificate(context: ResourceContext): string {
  const body = Buffer.from(
    `simulated certificate authority of ${context.name} ${context.seed.hex(64, "ca")}`,
  );
  const lines = body.toString("base64").match(/.{1,64}/g) ?? [];
  const pem = ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
  return Buffer.from(pem).toString("base64");
}
