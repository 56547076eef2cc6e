import { isProperties, signatureOf, type Value } from "../values.ts";

/** The signature of a secret (sdk/go/common/resource/sig in pulumi/pulumi). */
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Dotted paths of the secrets in a serialized value; the empty path where all of it is one. */
export function secretPaths(value: Value, path = ""): string[] {
  const inside = (name: string | number) => (path === "" ? String(name) : `${path}.${name}`);
  if (Array.isArray(value)) return value.flatMap((item, index) => secretPaths(item, inside(index)));
  if (!isProperties(value)) return [];
  if (signatureOf(value) === SECRET) return [path];
  return Object.entries(value).flatMap(([name, item]) => secretPaths(item, inside(name)));
}
