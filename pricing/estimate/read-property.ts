/** Stands for a value that is not known before the update. */
export const notYet: unique symbol = Symbol("not known before the update");
export type NotYet = typeof notYet;

/** What the engine sends for one, by type (sdk/nodejs/runtime/rpc.ts of pulumi/pulumi). */
const unknownTexts = [
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

function isNotYet(value: unknown): boolean {
  return typeof value === "string" && unknownTexts.some((text) => value.includes(text));
}

/** The value at a dotted path; undefined where nothing is there. Reading a policy's proxy of an unknown value throws. */
export function read(from: unknown, path: string): unknown {
  let value = from;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    try {
      value = (value as Record<string, unknown>)[name];
    } catch {
      return notYet;
    }
    if (isNotYet(value)) return notYet;
  }
  return value ?? undefined;
}

export function text(from: unknown, path: string): string | undefined | NotYet {
  const value = read(from, path);
  return value === notYet || typeof value === "string" ? value : undefined;
}

/** A number, or the number that a text is. */
export function count(from: unknown, path: string): number | undefined | NotYet {
  const value = read(from, path);
  if (value === notYet) return notYet;
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

export function flag(from: unknown, path: string): boolean | undefined | NotYet {
  const value = read(from, path);
  if (value === "true" || value === "false") return value === "true";
  return value === notYet || typeof value === "boolean" ? value : undefined;
}

/** The elements, each of which may be unknown; an empty list where nothing is there. */
export function list(from: unknown, path: string): unknown[] | NotYet {
  const value = read(from, path);
  if (value === notYet) return notYet;
  if (!Array.isArray(value)) return [];
  return Array.from({ length: value.length }, (_, index) => read(value, String(index)));
}

/** The text where it is known, else undefined. */
export function knownText(from: unknown, path: string): string | undefined {
  const value = text(from, path);
  return value === notYet ? undefined : value;
}
