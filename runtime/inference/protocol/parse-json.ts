import { isUtf8 } from "node:buffer";
import { ApiError, errorMessage } from "../../errors.ts";
import { markLongIntegers } from "./exact-integers.ts";

/** Up to this many characters the exact place of a mistake is searched for where the parser does not tell it. */
const maximumSearchedLength = 64 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });
/** Up to this many bytes the decoder's own work is more than that of looking at the bytes twice. */
const smallBytes = 4096;
const openingBrace = 0x7b;

/**
 * The value of a request's body: UTF-8, whatever its Content-Type says. With `exactIntegers`, whole numbers that a
 * number would round become texts that exactInteger reads.
 * @throws ApiError `invalid-json` (400) with the position, counted from 0.
 */
export function parseJson(
  bytes: Uint8Array,
  { exactIntegers = false }: { exactIntegers?: boolean } = {},
): unknown {
  let text: string;
  try {
    text = decodeUtf8(bytes);
  } catch (cause) {
    throw invalidJson("it is not UTF-8 text", cause);
  }
  if (isBlank(text)) throw invalidJson("the body is empty");
  try {
    return JSON.parse(exactIntegers ? markLongIntegers(text) : text);
  } catch (cause) {
    const message = errorMessage(cause);
    if (/ at position \d+/.test(message)) throw invalidJson(message, cause);
    const position = findMistake(text, message);
    throw invalidJson(position === undefined ? message : `${message} at position ${position}`, cause);
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  const mayHaveMark = bytes[0] === 0xef;
  if (bytes.length > smallBytes || mayHaveMark || !isUtf8(bytes)) return utf8.decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** Without making a second text of it where it is none. */
function isBlank(text: string): boolean {
  return text.charCodeAt(0) !== openingBrace && text.trim() === "";
}

function invalidJson(message: string, cause?: unknown): ApiError {
  return new ApiError(`the request is no JSON: ${message}`, {
    status: 400,
    code: "invalid-json",
    problems: [{ path: "", message }],
    cause,
  });
}

/**
 * The parser's message for an unexpected token names no position. Every beginning of the text that holds the
 * mistake fails with that token, every shorter one does not: so the place is found by halving.
 */
function findMistake(text: string, message: string): number | undefined {
  if (/end of JSON input/.test(message)) return text.length;
  const token = /^Unexpected token (.+?), /su.exec(message)?.[1];
  if (token === undefined || text.length > maximumSearchedLength) return undefined;
  let without = 0;
  let within = text.length;
  while (within - without > 1) {
    const middle = (without + within) >> 1;
    if (failsWith(text.slice(0, middle), token)) within = middle;
    else without = middle;
  }
  return within - 1;
}

function failsWith(text: string, token: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return errorMessage(error).startsWith(`Unexpected token ${token}, `);
  }
}
