import type { RuntimeOptions } from "./options.ts";
import { CannotRun } from "./output.ts";
import { stackOutputs } from "./pulumi.ts";

/** An answer of the runtime that is an error. */
export class RuntimeError extends CannotRun {
  readonly status: number;
  readonly code: string;

  constructor(message: string, status: number, code: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The runtime could not be reached; it may be restarting. */
export class RuntimeUnreachable extends CannotRun {}

export interface RuntimeClient {
  readonly url: string;
  readonly token: string | undefined;
  /** The parsed JSON answer, or its text. @throws RuntimeError, RuntimeUnreachable */
  request<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** The answer's text as it comes. @throws RuntimeError, RuntimeUnreachable */
  stream(path: string): Promise<AsyncIterable<Uint8Array>>;
}

export function createRuntimeClient(url: string, token: string | undefined): RuntimeClient {
  return {
    url,
    token,
    async request<T>(method: string, path: string, body?: unknown): Promise<T> {
      return (await parsedAnswer(await send(url, token, method, path, body))) as T;
    },
    async stream(path) {
      const response = await send(url, token, "GET", path, undefined);
      if (!response.ok || response.body === null) {
        await parsedAnswer(response);
        throw new RuntimeError(`the runtime answered ${path} with nothing`, response.status, "unknown");
      }
      return response.body;
    },
  };
}

/** @throws RuntimeError where the answer is an error */
async function parsedAnswer(response: Response): Promise<unknown> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  const value = isJson ? JSON.parse(text) : text;
  if (response.ok) return value;
  throw new RuntimeError(describeError(value), response.status, value?.code ?? "unknown");
}

async function send(url: string, token: string | undefined, method: string, path: string, body: unknown) {
  try {
    return await fetch(new URL(path, url), {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new RuntimeUnreachable(`the runtime at ${url} does not answer; npm run up starts it`, {
      cause: error,
    });
  }
}

function describeError(
  value: { error?: string; problems?: { path: string; message: string }[] } | string,
): string {
  if (typeof value === "string") return value;
  const problems = value.problems ?? [];
  if (problems.length < 2) return value.error ?? "unknown error";
  return `${value.error}\n${problems.map((problem) => `  ${problem.path}: ${problem.message}`).join("\n")}`;
}

/**
 * The runtime of a stack that is up, or the one whose address is given.
 * @throws CannotRun where the stack was never brought up.
 */
export async function connect({
  stack,
  url,
}: RuntimeOptions): Promise<{ client: RuntimeClient; outputs: Record<string, unknown> }> {
  if (url !== undefined) return { client: createRuntimeClient(url, process.env.SKYLOOM_TOKEN), outputs: {} };
  const outputs = await stackOutputs({ stack, offline: false });
  if (typeof outputs.endpoint !== "string")
    throw new CannotRun(`stack ${stack} is not up: npm run up -- -s ${stack}`);
  return { client: createRuntimeClient(outputs.endpoint, process.env.SKYLOOM_TOKEN), outputs };
}
