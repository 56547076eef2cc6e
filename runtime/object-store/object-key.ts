import { ApiError, invalidInput, type Problem } from "../errors.ts";

/** What every bucket takes as a key; the strictest back end sets each limit. */
export const objectKeyLimits = { maximumBytes: 1024, maximumSegmentBytes: 255 } as const;

/**
 * What is wrong with a key, or undefined.
 *
 * Refused is also what some back end or file system would read as another key: `.` and `..`, a segment that ends in
 * a dot, a backslash, and text that is not in Unicode normalisation form C.
 */
export function objectKeyProblem(key: unknown): string | undefined {
  if (typeof key !== "string" || key === "") return "must be text of at least one character";
  if (/\p{Cs}/u.test(key)) return "must be well-formed Unicode: it has half of a surrogate pair";
  if (Buffer.byteLength(key) > objectKeyLimits.maximumBytes)
    return `must be at most ${objectKeyLimits.maximumBytes} bytes of UTF-8, not ${Buffer.byteLength(key)}`;
  if (/\p{Cc}/u.test(key)) return "must hold no control characters";
  if (key.includes("\\")) return "must hold no backslash: separate segments with /";
  if (key.normalize("NFC") !== key) return "must be in Unicode normalisation form C";
  for (const segment of key.split("/")) {
    if (segment === "") return "must hold no empty segment: no / at the start or the end and no two in a row";
    if (segment.endsWith(".")) return `must hold no segment that ends in a dot ("${segment}")`;
    if (Buffer.byteLength(segment) > objectKeyLimits.maximumSegmentBytes)
      return `must hold no segment longer than ${objectKeyLimits.maximumSegmentBytes} bytes of UTF-8`;
  }
  return undefined;
}

/** @throws ApiError `invalid-key` (400). */
export function checkObjectKey(key: string, reservedProblem?: (key: string) => string | undefined): void {
  const message = objectKeyProblem(key) ?? reservedProblem?.(key);
  if (message !== undefined) throw invalidInput("invalid-key", [{ path: "key", message }], "object key");
}

/** @throws ApiError `invalid-list-options` (400), `invalid-put-conditions` (400). */
export function checkListOptions(options: { prefix?: unknown; startAfter?: unknown; limit?: unknown }): void {
  const problems: Problem[] = [];
  for (const name of ["prefix", "startAfter"] as const)
    if (options[name] !== undefined && typeof options[name] !== "string")
      problems.push({ path: name, message: "must be text" });
  const { limit } = options;
  if (limit !== undefined && !(Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= 1000))
    problems.push({ path: "limit", message: `must be an integer from 1 to 1000, not ${limit}` });
  if (problems.length > 0) throw invalidInput("invalid-list-options", problems, "list options");
}

/** @throws ApiError `invalid-put-conditions` (400). */
export function checkPutConditions(conditions: { ifMatch?: unknown; ifNoneMatch?: unknown }): void {
  const problems: Problem[] = [];
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch !== undefined && (typeof ifMatch !== "string" || ifMatch === ""))
    problems.push({ path: "ifMatch", message: "must be an object's etag" });
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*")
    problems.push({ path: "ifNoneMatch", message: 'must be "*"' });
  if (ifMatch !== undefined && ifNoneMatch !== undefined)
    problems.push({ path: "ifNoneMatch", message: "must not be given together with ifMatch" });
  if (problems.length > 0) throw invalidInput("invalid-put-conditions", problems, "write conditions");
}

export function preconditionFailed(key: string, message: string): ApiError {
  return new ApiError(`object ${key} was not written: ${message}`, {
    status: 412,
    code: "precondition-failed",
  });
}

/** Whether a write was refused by its condition. */
export function isPreconditionFailed(error: unknown): boolean {
  return error instanceof ApiError && error.code === "precondition-failed";
}
