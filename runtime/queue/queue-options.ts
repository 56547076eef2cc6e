import { ApiError, invalidInput, type Problem } from "../errors.ts";
import type { QueueLimits, ReceiveOptions } from "./queue.ts";

/** @throws ApiError `message-too-large` (413), `invalid-message` (400). */
export function checkMessageBody(body: string, limits: QueueLimits): void {
  const problem = (message: string) =>
    invalidInput("invalid-message", [{ path: "body", message }], "message");
  if (typeof body !== "string" || body === "") throw problem("must be text of at least one character");
  if (/\p{Cs}/u.test(body)) throw problem("must be well-formed Unicode: it has half of a surrogate pair");
  const bytes = Buffer.byteLength(body);
  if (bytes > limits.maximumMessageBytes)
    throw new ApiError(
      `message of ${bytes} bytes is too large: the limit is ${limits.maximumMessageBytes}; put the data into the bucket and its key into dataref`,
      { status: 413, code: "message-too-large" },
    );
}

/** @throws ApiError `invalid-queue-options` (400) with every problem. */
export function checkSeconds(values: { [name: string]: { seconds: unknown; maximum: number } }): void {
  throwProblems(secondsProblems(values));
}

/** @throws ApiError `invalid-queue-options` (400) with every problem. */
export function checkReceiveOptions(options: ReceiveOptions, limits: QueueLimits): void {
  const { maximum = 1, waitSeconds = 0, visibilitySeconds } = options;
  const problems = secondsProblems({
    waitSeconds: { seconds: waitSeconds, maximum: 3600 },
    visibilitySeconds: { seconds: visibilitySeconds ?? 1, maximum: limits.maximumVisibilitySeconds },
  });
  if (!(Number.isInteger(maximum) && maximum >= 1 && maximum <= 10))
    problems.unshift({ path: "maximum", message: `must be an integer from 1 to 10, not ${maximum}` });
  throwProblems(problems);
}

/** @throws ApiError `invalid-queue-options` (400). */
export function checkDeadLetterOptions({ limit }: { limit: number }): void {
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= 1000))
    throwProblems([{ path: "limit", message: `must be an integer from 1 to 1000, not ${limit}` }]);
}

function secondsProblems(values: { [name: string]: { seconds: unknown; maximum: number } }): Problem[] {
  return Object.entries(values)
    .filter(
      ([, { seconds, maximum }]) => !(typeof seconds === "number" && seconds >= 0 && seconds <= maximum),
    )
    .map(([path, { seconds, maximum }]) => ({
      path,
      message: `must be a number of seconds from 0 to ${maximum}, not ${seconds}`,
    }));
}

function throwProblems(problems: Problem[]): void {
  if (problems.length > 0) throw invalidInput("invalid-queue-options", problems, "queue options");
}

/** What every call gets after `close`. */
export function queueClosed(name: string): ApiError {
  return new ApiError(`queue ${name} is closed`, { status: 503, code: "queue-closed", isRetryable: false });
}

export function staleReceipt(): ApiError {
  return new ApiError(
    "the receipt is stale: the message was deleted, delivered again or moved to dead-letter since",
    { status: 409, code: "receipt-stale" },
  );
}

/** What a dead letter says that nobody released. */
export const notFinished = "not finished within the visibility timeout";
