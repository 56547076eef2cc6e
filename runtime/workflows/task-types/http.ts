import { z } from "zod";
import { ApiError } from "../../errors.ts";
import { isPreconditionFailed } from "../../object-store/object-key.ts";
import type { OutboundAnswer, OutboundRequest } from "../../outbound/outbound.ts";
import { readAnswer } from "../../outbound/read-answer.ts";
import { httpAuthentication, readAuthentication } from "../http-authentication.ts";
import { hasFixedHost, withQuery } from "../http-url.ts";
import { maskedError } from "../masked-error.ts";
import { createMasking } from "../masking.ts";
import { taskDataPrefix } from "../run.ts";
import { closedObject, text } from "../schema-parts.ts";
import type { StepTaskType, TaskContext } from "../task-type.ts";
import type { Json } from "../workflow.ts";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
/** Whose second call changes nothing more than the first (RFC 9110, 9.2.2). */
const idempotentMethods = new Set<string>(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]);
const bodilessMethods = new Set<string>(["GET", "HEAD"]);
/** A header's value is one line; its name a token of RFC 9110. */
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "must be the name of a header");
const ownHeaders = new Set(["host", "content-length", "transfer-encoding", "connection", "idempotency-key"]);

const schema = closedObject({
  method: z.enum(methods).default("GET"),
  url: z.string(),
  headers: z.record(headerName, text).default({}),
  /** Appended to the URL's own; a list gives the name several times, null leaves it out. */
  query: z.record(z.string(), z.union([text, z.null(), z.array(text)])).default({}),
  /** Sent as JSON. */
  json: z.unknown().optional(),
  /** Sent as it is, as text/plain unless `headers` says otherwise. */
  text: text.optional(),
  auth: httpAuthentication.optional(),
  /** Statuses that are a success; default: 200 to 299. */
  expect: z.array(z.number().int().min(100).max(599)).min(1).optional(),
  /** Bytes of the answer's body, after decompression, at most. */
  maximumAnswerBytes: z.number().int().min(0).max(200_000).default(100_000),
  redirects: z.number().int().min(0).max(20).default(5),
  /** The server knows a call that comes twice by the header Idempotency-Key, so that it may be tried again. */
  idempotent: z.boolean().optional(),
})
  // Looked at also where something else is wrong, or is an expression: a secret must not get past it.
  .refine(({ auth, url }) => auth === undefined || hasFixedHost(String(url)), {
    path: ["auth"],
    error: "needs a URL whose host is fixed in the file: no expression decides who gets a secret",
    when: () => true,
  })
  .superRefine((value, context) => {
    const report = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    if (!/^https?:\/\//.test(value.url)) report(["url"], "must begin with http:// or https://");
    if (value.json !== undefined && value.text !== undefined) report(["text"], "must not stand beside json");
    const body = ["json", "text"].find((name) => value[name as "json" | "text"] !== undefined);
    if (body !== undefined && bodilessMethods.has(value.method))
      report([body], `a ${value.method} has no body`);
    for (const name of Object.keys(value.headers))
      if (ownHeaders.has(name.toLowerCase())) report(["headers", name], "is set by the runtime");
      else if (name.toLowerCase() === "authorization")
        report(["headers", name], "is given by auth, from a secret");
  });

type Parameters = z.infer<typeof schema>;

/**
 * Calls an HTTP service; outputs: `{status, headers, body, url}`, `body` parsed where it is JSON, null where it is empty.
 * A call that is not idempotent is made once: neither tried again after it may have reached the server, nor made again by
 * another process after the one that made it was lost.
 * Errors: `http-status` (an answer that is not expected), `http-outcome-unknown`, `answer-too-large`, `answer-not-text`,
 * `answer-not-json`, and those of Outbound.
 */
export const http: StepTaskType<Parameters> = {
  kind: "step",
  name: "http",
  isolated: true,
  schema,
  fixed: ["auth"],
  async execute(parameters, context) {
    const authentication = await readAuthentication(parameters.auth, context);
    const masking = createMasking(authentication.secrets);
    const canRepeat = idempotentMethods.has(parameters.method) || parameters.idempotent === true;
    if (!canRepeat) await claimOnlyCall(context);
    try {
      const answer = await context.outbound.send(requestOf(parameters, authentication.headers, context));
      const outputs = await outputsOf(parameters, answer);
      return masking.json(outputs);
    } catch (error) {
      throw maskedError(canRepeat ? error : onlyOnce(error, parameters), masking);
    }
  },
};

function requestOf(
  { method, url, headers, query, json, text: plain, redirects, idempotent }: Parameters,
  authentication: Record<string, string>,
  { key, signal }: TaskContext,
): OutboundRequest {
  const body = json === undefined ? plain : JSON.stringify(json);
  const contentType = json === undefined ? "text/plain; charset=utf-8" : "application/json";
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return {
    method,
    url: withQuery(url, query),
    headers: {
      ...(body !== undefined && { "content-type": contentType }),
      ...lower,
      ...authentication,
      ...(idempotent && { "idempotency-key": key }),
    },
    ...(body !== undefined && { body }),
    maximumRedirects: redirects,
    signal,
  };
}

async function outputsOf(parameters: Parameters, answer: OutboundAnswer): Promise<Record<string, Json>> {
  const { status, headers, url } = answer;
  const isExpected = parameters.expect?.includes(status) ?? (status >= 200 && status < 300);
  if (!isExpected) throw await statusProblem(parameters, answer);
  const body = await readAnswer(answer, parameters.maximumAnswerBytes);
  return { status, headers, url, body: body.length === 0 ? null : parsedBody(body, headers) };
}

function parsedBody(body: Buffer, headers: Record<string, string>): Json {
  const type = headers["content-type"] ?? "";
  const wrong = (code: string, message: string) => new ApiError(message, { status: 422, code });
  let content: string;
  try {
    content = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw wrong("answer-not-text", `the answer (${type || "of no type"}) is not text in UTF-8`);
  }
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) return content;
  try {
    return JSON.parse(content) as Json;
  } catch (error) {
    throw wrong("answer-not-json", `the answer says that it is JSON, but ${(error as Error).message}`);
  }
}

/** Tried again where the server may do better later. */
async function statusProblem({ method }: Parameters, answer: OutboundAnswer): Promise<ApiError> {
  const { status } = answer;
  const body = await readAnswer(answer, 64 * 1024).catch(() => Buffer.alloc(0));
  const { origin, pathname } = new URL(answer.url);
  const start = body.toString("utf8").trim().slice(0, 300);
  const isForLater = status === 408 || status === 425 || status === 429 || status >= 500;
  return new ApiError(
    `${method} ${origin}${pathname} answered ${status}${start === "" ? "" : `: ${start}`}`,
    {
      status: isForLater ? 502 : 422,
      code: "http-status",
      isRetryable: isForLater,
    },
  );
}

/** Marks in the bucket that this attempt is making its call: whoever finds the mark cannot know how it ended. */
async function claimOnlyCall({ store, key, attempt }: TaskContext): Promise<void> {
  try {
    await store.put(`${taskDataPrefix(key)}call-${attempt}`, "", { ifNoneMatch: "*" });
  } catch (error) {
    if (!isPreconditionFailed(error)) throw error;
    throw new ApiError(
      "the process that made this call was lost before its answer was recorded: whether it took effect is not known. It is not made again; with idempotent: true it would be, with the same Idempotency-Key",
      { status: 409, code: "http-outcome-unknown" },
    );
  }
}

/** Of a call that must not be made twice only what surely did not reach the server is tried again. */
function onlyOnce(error: unknown, { method }: Parameters): unknown {
  if (!(error instanceof ApiError) || !error.isRetryable) return error;
  if (error.code === "target-unreachable" && neverConnected(error)) return error;
  return new ApiError(
    `${error.message}; a ${method} is not tried again unless the task says idempotent: true`,
    {
      status: 422,
      code: error.code,
      cause: error,
    },
  );
}

const connectCodes = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function neverConnected(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(neverConnected);
  if (!(error instanceof Error)) return false;
  return connectCodes.has((error as NodeJS.ErrnoException).code ?? "") || neverConnected(error.cause);
}
