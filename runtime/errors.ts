/** One thing that is wrong with an input: where (a property path such as `inputs[0].shape`) and what is allowed. */
export interface Problem {
  path: string;
  message: string;
  /** Where it stands in the text that was given, from 1; only where that is a file's. */
  line?: number;
  column?: number;
}

export interface ApiErrorOptions {
  /** HTTP status that the routes answer with. */
  status: number;
  /** Kebab-case identifier that callers may branch on, e.g. `model-not-found`. */
  code: string;
  /** Every problem found, not only the first. */
  problems?: Problem[];
  /** Whether the same call may succeed later without a change. Default: status is 429 or at least 502. */
  isRetryable?: boolean;
  /** When to try again, for the header Retry-After. Default 1 where `isRetryable`. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** An error that a caller can act on; its message names what is wrong and what is allowed. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly problems: Problem[];
  readonly isRetryable: boolean;
  readonly retryAfterSeconds: number;

  constructor(message: string, options: ApiErrorOptions) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.code = options.code;
    this.problems = options.problems ?? [];
    this.isRetryable = options.isRetryable ?? (options.status === 429 || options.status >= 502);
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1;
  }
}

/** Bad input (400): the message holds the first problem, `problems` holds all of them. */
export function invalidInput(code: string, problems: Problem[], what = "input"): ApiError {
  const first = problems[0];
  const place = first?.path ? `${first.path}: ` : "";
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new ApiError(`invalid ${what}: ${place}${first?.message ?? "unknown problem"}${more}`, {
    status: 400,
    code,
    problems,
  });
}

export function notFound(code: string, message: string): ApiError {
  return new ApiError(message, { status: 404, code });
}

/** The message of anything thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
