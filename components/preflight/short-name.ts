import { createHash } from "node:crypto";

/**
 * The text as a name of lower-case letters, digits and hyphens; where that loses characters, a hash of the text keeps
 * different texts apart.
 */
export function shortName(text: string, maximum: number): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  if (plain === text && plain.length <= maximum) return plain;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 6);
  return `${plain.slice(0, maximum - hash.length - 1).replace(/-$/, "")}-${hash}`;
}
