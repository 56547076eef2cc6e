import { ApiError, invalidInput } from "../errors.ts";

/** Names that are valid in every back end. */
export const secretNamePattern = /^[a-z][a-z0-9-]{0,62}$/;
export const secretNameRule =
  "must begin with a small letter and hold only a-z, 0-9 and -, at most 63 characters";

/** What AWS and Google take at most, in bytes of UTF-8. */
export const maximumSecretBytes = 64 * 1024;

export function checkSecretName(name: string): void {
  if (!secretNamePattern.test(name))
    throw invalidInput(
      "invalid-secret-name",
      [{ path: "name", message: `${secretNameRule}, not ${JSON.stringify(name)}` }],
      "name of a secret",
    );
}

/** Refuses what cannot be handed on as the value of an environment variable. */
export function checkedValue(name: string, value: string | Uint8Array): string {
  if (Buffer.byteLength(value) > maximumSecretBytes) throw tooLarge(name, Buffer.byteLength(value));
  const text = typeof value === "string" ? value : decode(value);
  if (text?.isWellFormed() !== true || text.includes("\0"))
    throw new ApiError(`secret "${name}" is binary: it must be text in UTF-8 without NUL characters`, {
      status: 422,
      code: "secret-not-text",
    });
  return text;
}

export function tooLarge(name: string, bytes: number): ApiError {
  return new ApiError(
    `secret "${name}" is ${bytes} bytes, at most ${maximumSecretBytes} are allowed: keep large data in the bucket`,
    { status: 422, code: "secret-too-large" },
  );
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
