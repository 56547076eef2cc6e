/*
 * JSON.parse makes numbers of all digits, and rounds whole numbers beyond 2^53. To ask it for each number's own text is
 * ten times slower than to parse; so the few that are long become texts of a kind that no tensor may hold.
 */

/** Whole numbers with so many digits may be beyond 2^53; those with more fit no datatype. */
const longInteger = /(?<![\d.eE+-])-?\d{16,20}(?![\d.eE])/g;

/** A NUL, which texts of BYTES must not hold either. */
const mark = "\0";
const writtenMark = "\\u0000";

/** Makes marked texts of the long whole numbers of a JSON text, as exactInteger reads them. */
export function markLongIntegers(json: string): string {
  if (!/\d{16}/.test(json)) return json;
  const parts: string[] = [];
  for (let position = 0; position < json.length; ) {
    const quote = json.indexOf('"', position);
    const end = quote < 0 ? json.length : quote;
    parts.push(json.slice(position, end).replace(longInteger, `"${writtenMark}$&"`));
    position = quote < 0 ? end : endOfText(json, quote);
    parts.push(json.slice(end, position));
  }
  return parts.join("");
}

/** The whole number that such a text stands for; undefined for everything else. */
export function exactInteger(value: unknown): bigint | undefined {
  if (typeof value !== "string" || !value.startsWith(mark)) return undefined;
  const digits = value.slice(mark.length);
  return /^-?\d{16,20}$/.test(digits) ? BigInt(digits) : undefined;
}

/** After the closing quote of the text that begins there; a quote behind an odd number of backslashes closes none. */
function endOfText(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    let first = quote;
    while (json[first - 1] === "\\") first -= 1;
    if ((quote - first) % 2 === 0) return quote + 1;
  }
  return json.length;
}
