import { z } from "zod";
import { ApiError, errorMessage, invalidInput, type Problem } from "../errors.ts";

function or(message: string) {
  return { error: (issue: { input?: unknown }) => (issue.input === undefined ? "is required" : message) };
}

function attribute(maximum: number) {
  const length = `must be text of 1 to ${maximum} characters`;
  return z
    .string(or(length))
    .min(1, length)
    .max(maximum, length)
    .refine(
      (text) => !/[\p{Cc}\p{Cs}]/u.test(text),
      "must be well-formed Unicode without control characters",
    );
}

const pace = "must be a number of seconds from 0 to 60";
const extension = "must be text of at most 4096 characters, a number, true or false";

const envelope = z
  .object(
    {
      specversion: z.literal("1.0", 'must be "1.0"').default("1.0"),
      /** With `source` it names the event; runs and jobs use it as their idempotency key. */
      id: attribute(256),
      source: attribute(1024),
      /** Chooses the workflow or the job. */
      type: attribute(256),
      subject: attribute(1024).optional(),
      /** RFC 3339. */
      time: z.iso.datetime({ offset: true, ...or("must be an RFC 3339 time such as 2026-01-31T12:00:00Z") }),
      datacontenttype: attribute(256).optional(),
      dataschema: attribute(1024).optional(),
      data: z.unknown().optional(),
      /** Key in the bucket of data that is too large for the queue. */
      dataref: attribute(1024).optional(),
      /** Seconds that each task of the run is held at least. */
      pace: z.number(pace).min(0, pace).max(60, pace).optional(),
    },
    "must be a JSON object: an event of CloudEvents 1.0",
  )
  .catchall(z.union([z.string().max(4096), z.number(), z.boolean()], extension));

/** A CloudEvents 1.0 event in JSON format, extension attributes included. */
export type CloudEvent = z.infer<typeof envelope>;

/**
 * Reads a message of the queue: an event of CloudEvents 1.0 in its JSON format.
 * @param defaults attributes for those that the text leaves out.
 * @throws ApiError `invalid-message` (400) with every problem; for broken JSON with its position.
 */
export function parseCloudEvent(
  text: string,
  defaults: Partial<Pick<CloudEvent, "id" | "source" | "time">> = {},
): CloudEvent {
  const value = parseJson(text);
  const event = isRecord(value) ? { ...defaults, ...value } : value;
  const parsed = envelope.safeParse(event);
  const problems = [
    ...(parsed.success
      ? []
      : parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }))),
    ...(isRecord(value) ? attributeProblems(value) : []),
  ];
  if (problems.length > 0 || !parsed.success) throw invalidInput("invalid-message", problems, "message");
  return parsed.data;
}

function attributeProblems(event: Record<string, unknown>): Problem[] {
  return Object.keys(event).flatMap((name) => {
    if (name === "data_base64") return [{ path: name, message: "is not supported: put JSON into data" }];
    if (!/^[a-z0-9]{1,64}$/.test(name))
      return [{ path: name, message: "is no attribute name: only a-z and 0-9, at most 64 characters" }];
    if (name === "data" && event.dataref !== undefined)
      return [{ path: name, message: "must not be given together with dataref" }];
    return [];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = jsonErrorPosition(text, errorMessage(error));
    const before = text.slice(0, position);
    const line = before.split("\n").length;
    const column = position - before.lastIndexOf("\n");
    const fault = errorMessage(error).replace(/ in JSON at position .*/s, "");
    const message = `is no JSON at position ${position} (line ${line}, column ${column}): ${fault}`;
    const problems = [{ path: "", message }];
    throw new ApiError(`invalid message: ${message}`, {
      status: 400,
      code: "invalid-message",
      problems,
      cause: error,
    });
  }
}

/**
 * V8 leaves the position out of some of its messages: those for an unexpected token, and for an early end. The
 * token's place is the end of the shortest beginning of the text that is refused for a token.
 */
function jsonErrorPosition(text: string, message: string): number {
  const stated = /at position (\d+)/.exec(message)?.[1];
  if (stated !== undefined) return Number(stated);
  if (!isUnexpectedToken(text)) return text.length;
  let [low, high] = [0, text.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (isUnexpectedToken(text.slice(0, middle))) high = middle;
    else low = middle;
  }
  return low;
}

function isUnexpectedToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return errorMessage(error).startsWith("Unexpected token");
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
