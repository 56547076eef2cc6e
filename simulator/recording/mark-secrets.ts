import { isProperties, SECRET_SIGNATURE, SIGNATURE_KEY, signatureOf, type Value } from "../values.ts";

/** Marks in a plain value what is secret in the serialized one that it came from. */
export function markSecrets(plain: Value, serialized: Value | undefined): Value {
  if (serialized === undefined) return plain;
  if (signatureOf(serialized) === SECRET_SIGNATURE)
    return { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: plain };
  if (Array.isArray(plain) && Array.isArray(serialized))
    return plain.map((item, index) => markSecrets(item, serialized[index]));
  if (!isProperties(plain) || !isProperties(serialized) || signatureOf(plain) !== undefined) return plain;
  return Object.fromEntries(
    Object.entries(plain).map(([name, value]) => [name, markSecrets(value, serialized[name])]),
  );
}
