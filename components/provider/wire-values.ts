// How the engine marks values on their way to a provider: sdk/go/common/resource/sig.go of github.com/pulumi/pulumi.
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Inputs or outputs of a resource as the engine sends them: secrets are marked objects, unknowns a marked text. */
export type WireProperties = Record<string, unknown>;

interface Secret {
  value: unknown;
}

function isSecret(value: unknown): value is Secret {
  return typeof value === "object" && value !== null && Reflect.get(value, SIGNATURE) === SECRET;
}

/** A preview sends this for what only an update can tell. */
export const isUnknown = (value: unknown): boolean => value === UNKNOWN;

/** The same value without the marks. */
export function unwrapSecrets(value: unknown): unknown {
  if (isSecret(value)) return unwrapSecrets(value.value);
  if (Array.isArray(value)) return value.map(unwrapSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unwrapSecrets(one)]));
}

/** Every text that is marked as secret, however deep. */
export function secretTexts(value: unknown, isMarked = false): string[] {
  if (isSecret(value)) return secretTexts(value.value, true);
  if (typeof value === "string") return isMarked ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((one) => secretTexts(one, isMarked));
}

export function hasUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isUnknown(value);
  return Object.values(value).some(hasUnknown);
}

/** The value at a property path, undefined where the path ends early. */
export function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (current, key) =>
      typeof current === "object" && current !== null ? Reflect.get(current, key) : undefined,
    value,
  );
}
