import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { fetch, type Response } from "undici";
import { ApiError, errorMessage, invalidInput } from "../errors.ts";
import { createAddressRules } from "./address-rules.ts";
import { createGuardedAgent, type ResolveHost } from "./guarded-agent.ts";
import type { Outbound, OutboundAnswer, OutboundRequest } from "./outbound.ts";

export interface OutboundOptions {
  /** Addresses, networks and names of hosts beside the public ones (address-rules.ts). Default: none. */
  allowPrivateAddresses?: readonly string[];
  /** Default: the system's resolver. */
  resolve?: ResolveHost;
}

const defaultRedirects = 5;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);
/** All that goes along to another origin: any other header may hold what only the first may see. */
const harmlessHeaders = new Set(["accept", "accept-language", "content-type", "user-agent"]);

/** Reuses connections; `close` ends them. */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  const agent = createGuardedAgent(createAddressRules(options.allowPrivateAddresses), options.resolve);

  async function send(request: OutboundRequest): Promise<OutboundAnswer> {
    let hop: OutboundRequest = { ...request, url: checkedUrl(request.url).href };
    for (let left = request.maximumRedirects ?? defaultRedirects; ; left -= 1) {
      const response = await call(hop);
      const location = redirectStatuses.has(response.status) ? response.headers.get("location") : null;
      if (location === null) return answerOf(response, hop.url);
      await response.body?.cancel();
      if (left <= 0)
        throw new ApiError(
          `${shown(request.url)} redirects too often, at last to ${shown(location, hop.url)}`,
          {
            status: 422,
            code: "too-many-redirects",
          },
        );
      hop = redirected(hop, response.status, checkedUrl(location, hop.url));
    }
  }

  async function call({
    url,
    method = "GET",
    headers = {},
    body,
    signal,
  }: OutboundRequest): Promise<Response> {
    try {
      return await fetch(url, {
        method,
        headers,
        dispatcher: agent,
        redirect: "manual",
        ...(body !== undefined && { body }),
        ...(signal !== undefined && { signal }),
      });
    } catch (error) {
      throw callProblem(error, url, signal);
    }
  }

  return {
    send,
    // Not `close`: that would wait for answers that nobody reads to their end.
    close: () => agent.destroy(),
  };
}

function answerOf(response: Response, url: string): OutboundAnswer {
  const { body } = response;
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    url,
    body: body === null ? Readable.from([]) : Readable.fromWeb(body as ReadableStream),
  };
}

function redirected(request: OutboundRequest, status: number, target: URL): OutboundRequest {
  const { body, method = "GET", headers = {}, ...rest } = request;
  // As every client does since the first: 303 always, 301 and 302 of a POST become a GET.
  const becomesGet =
    method !== "HEAD" && (status === 303 || (method === "POST" && status !== 307 && status !== 308));
  const kept = Object.entries(headers).filter(([name]) => {
    const lower = name.toLowerCase();
    if (becomesGet && lower.startsWith("content-")) return false;
    return target.origin === new URL(request.url).origin || harmlessHeaders.has(lower);
  });
  return {
    ...rest,
    url: target.href,
    method: becomesGet ? "GET" : method,
    headers: Object.fromEntries(kept),
    ...(body !== undefined && !becomesGet && { body }),
  };
}

function checkedUrl(text: string, base?: string): URL {
  const refuse = (message: string) => invalidInput("invalid-url", [{ path: "url", message }], "URL");
  if (!URL.canParse(text, base)) throw refuse("must be an absolute http or https URL");
  const url = new URL(text, base);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw refuse(`must begin with http:// or https://, not ${url.protocol}`);
  if (url.username !== "" || url.password !== "")
    throw refuse("must not hold a user or a password: give them as a secret");
  return url;
}

function callProblem(error: unknown, url: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  // fetch wraps what happened, an AggregateError wraps it where several addresses were tried.
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (cause instanceof ApiError) return cause;
  const reason =
    cause instanceof AggregateError ? cause.errors.map(errorMessage).join("; ") : errorMessage(cause);
  return new ApiError(`no answer from ${shown(url)}: ${reason}`, {
    status: 502,
    code: "target-unreachable",
    cause: error,
  });
}

/** Without the query, which may hold a key. */
function shown(text: string, base?: string): string {
  const url = new URL(text, base);
  return `${url.origin}${url.pathname}`;
}
