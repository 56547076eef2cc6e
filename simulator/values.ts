/** A property value as the simulator handles it: JSON, with UNKNOWN in place of what a preview cannot know yet. */
export type Value = null | boolean | number | string | Value[] | { [name: string]: Value };
export type Properties = { [name: string]: Value };

/** What the engine sends for a computed value in a preview (sdk/go/common/resource/plugin/rpc.go). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The key that marks a value of a special kind, and its signatures (sdk/go/common/resource/sig). */
export const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
export const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";
export const ASSET = "c44067f5952c0a294b673a41bacd8c17";
export const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

export function isProperties(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The signature of an asset, archive, secret, output or resource reference; undefined for plain values. */
export function signatureOf(value: Value | undefined): string | undefined {
  if (!isProperties(value)) return undefined;
  const signature = value[SIGNATURE_KEY];
  return typeof signature === "string" ? signature : undefined;
}

/** The plain value inside secrets, outputs and resource references, at every depth. Nulls inside objects are dropped. */
export function unwrap(value: Value): Value {
  if (Array.isArray(value)) return value.map(unwrap);
  if (!isProperties(value)) return value;
  switch (signatureOf(value)) {
    case SECRET_SIGNATURE:
      return unwrap(value.value ?? null);
    case OUTPUT:
      return value.value === undefined ? UNKNOWN : unwrap(value.value);
    case RESOURCE_REFERENCE:
      return value.id ?? value.urn ?? null;
    case ASSET:
    case ARCHIVE:
      return value;
  }
  return unwrapProperties(value);
}

export function unwrapProperties(properties: Properties): Properties {
  const result: Properties = {};
  for (const [name, value] of Object.entries(properties)) {
    const inner = unwrap(value);
    if (inner !== null) result[name] = inner;
  }
  return result;
}

export function isUnknown(value: Value | undefined): boolean {
  return value === UNKNOWN;
}

/** Whether a value holds an unknown at any depth; text that was put together from one counts as well. */
export function containsUnknown(value: Value | undefined): boolean {
  if (typeof value === "string") return value.includes(UNKNOWN);
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isProperties(value) ? Object.values(value).some(containsUnknown) : false;
}

export function equal(left: Value | undefined, right: Value | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => equal(item, right[index]));
  if (!isProperties(left) || !isProperties(right)) return false;
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => equal(left[name], right[name]));
}

/** The value at a path of property names, e.g. `["spec", "replicas"]`. */
export function valueAt(properties: Value | undefined, names: readonly string[]): Value | undefined {
  let value: Value | undefined = properties;
  for (const name of names) {
    if (Array.isArray(value)) value = value[Number(name)];
    else if (isProperties(value)) value = value[name];
    else return undefined;
  }
  return value;
}

/** The text at a dotted path, or undefined when there is none or it is not known yet. */
export function textAt(properties: Value | undefined, path: string): string | undefined {
  const value = valueAt(properties, path.split("."));
  return typeof value === "string" && !containsUnknown(value) ? value : undefined;
}
