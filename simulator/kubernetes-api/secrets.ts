import {
  isProperties,
  type Properties,
  SECRET_SIGNATURE,
  SIGNATURE_KEY,
  signatureOf,
  unwrap,
  type Value,
} from "../values.ts";

/** Shorter texts would hide ordinary words of a message. */
const SHORTEST_HIDDEN = 4;

function isSecret(value: Value | undefined): value is Properties {
  return signatureOf(value) === SECRET_SIGNATURE;
}

export function secret(value: Value): Value {
  return { [SIGNATURE_KEY]: SECRET_SIGNATURE, value };
}

/** Marks in `plain` what is secret at the same place in `marked`, as it came from the engine. */
export function markLike(plain: Value, marked: Value | undefined): Value {
  if (isSecret(marked)) return secret(plain);
  if (Array.isArray(plain) && Array.isArray(marked))
    return plain.map((item, index) => markLike(item, marked[index]));
  if (!isProperties(plain) || !isProperties(marked)) return plain;
  return Object.fromEntries(
    Object.entries(plain).map(([name, value]) => [name, markLike(value, marked[name])]),
  );
}

/** What a Secret holds is secret, whether the program said so or not. */
export function markSecretData(object: Properties): Properties {
  if (object.kind !== "Secret") return object;
  const result = { ...object };
  for (const name of ["data", "stringData"])
    if (result[name] !== undefined && !isSecret(result[name])) result[name] = secret(result[name]);
  return result;
}

/** All texts inside secrets, also as they stand in a Secret's data: encoded, or decoded. */
export function secretTexts(marked: Value): string[] {
  const found = new Set<string>();
  collect(marked, false, found);
  return [...found]
    .filter((text) => text.length >= SHORTEST_HIDDEN)
    .sort((one, other) => other.length - one.length);
}

function collect(value: Value | undefined, inside: boolean, found: Set<string>): void {
  if (isSecret(value)) collect(unwrap(value), true, found);
  else if (Array.isArray(value)) for (const item of value) collect(item, inside, found);
  else if (isProperties(value))
    for (const item of Object.values(markSecretData(value))) collect(item, inside, found);
  else if (inside && typeof value === "string") {
    found.add(value);
    found.add(Buffer.from(value).toString("base64"));
    found.add(Buffer.from(value, "base64").toString());
  }
}

/** A message without the secrets that the API server, an event or a container's log may repeat. */
export function redact(message: string, texts: readonly string[]): string {
  return texts.reduce((text, hidden) => text.replaceAll(hidden, "[secret]"), message);
}
