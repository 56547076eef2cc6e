import { setTimeout as delay } from "node:timers/promises";
import { type HttpMethod, IsomorphicFetchHttpLibrary, RequestContext } from "@kubernetes/client-node";
import { ProviderError } from "../provider-error.ts";
import { ApiError, codeOf, explain, isTransient } from "./api-error.ts";
import type { Access } from "./kubeconfig.ts";

const REQUEST_TIMEOUT_MS = 60_000;
/** Pauses between tries while the server is busy or restarts: 12 seconds in all. */
const PAUSES_MS = [200, 400, 800, 1600, 3000, 6000];

export interface Request {
  path: string;
  query?: { [name: string]: string };
  body?: string;
  contentType?: string;
}

export interface Answer {
  text: string;
  /** The server's warnings (RFC 7234, warn-text), e.g. of Pod Security. */
  warnings: string[];
}

/** Sends requests to one API server; knows credentials, time limits and second tries, but nothing of objects. */
export class Connection {
  readonly #access: Access;
  readonly #signal: AbortSignal;
  readonly #http = new IsomorphicFetchHttpLibrary();
  #dispatcher: ReturnType<RequestContext["getDispatcher"]>;

  constructor(access: Access, signal: AbortSignal) {
    this.#access = access;
    this.#signal = signal;
  }

  /** @throws ProviderError that names cluster, user and cause when the server cannot be asked at all. */
  async assertReachable(): Promise<void> {
    try {
      await this.#once("GET", { path: "/version" });
    } catch (error) {
      throw new ProviderError("expired-login", `${this.#access.description}: ${this.#reason(error)}`);
    }
  }

  async send(method: HttpMethod, request: Request): Promise<Answer> {
    for (let round = 0; ; round++) {
      try {
        return await this.#once(method, request);
      } catch (error) {
        const pause = PAUSES_MS[round];
        if (pause === undefined || this.#signal.aborted || !isTransient(error)) throw this.#translate(error);
        await delay(pause, undefined, { signal: this.#signal });
      }
    }
  }

  async #once(method: HttpMethod, request: Request): Promise<Answer> {
    const { server } = this.#access.kubeConfig.getCurrentCluster() ?? { server: "" };
    const query = new URLSearchParams(request.query).toString();
    const context = new RequestContext(
      `${server.replace(/\/$/, "")}${request.path}${query && `?${query}`}`,
      method,
    );
    await this.#access.kubeConfig.applySecurityAuthentication(context);
    this.#keepDispatcher(context);
    context.setHeaderParam("Accept", "application/json, */*;q=0.8");
    if (request.body !== undefined) {
      context.setHeaderParam("Content-Type", request.contentType ?? "application/json");
      context.setBody(request.body);
    }
    context.setSignal(AbortSignal.any([this.#signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]));
    const response = await this.#http.send(context).toPromise();
    const text = await response.body.text();
    if (response.httpStatusCode >= 400) throw new ApiError(response.httpStatusCode, text);
    return { text, warnings: warningsOf(response.headers.warning) };
  }

  /** The library makes a pool of connections for each request: one for all spares a TLS handshake each time. */
  #keepDispatcher(context: RequestContext): void {
    this.#dispatcher ??= context.getDispatcher();
    if (this.#dispatcher) context.setDispatcher(this.#dispatcher);
  }

  #translate(error: unknown): unknown {
    if (error instanceof ApiError && error.status !== 401) return error;
    if (this.#signal.aborted) return new ProviderError("failed", "interrupted");
    return new ProviderError("expired-login", `${this.#access.description}: ${this.#reason(error)}`);
  }

  #reason(error: unknown): string {
    if (error instanceof ApiError) return explain(error);
    const code = codeOf(error);
    const host = hostOf(this.#access.kubeConfig.getCurrentCluster()?.server ?? "");
    if (code === "ECONNREFUSED")
      return `connection refused: no API server listens at ${host}; is the cluster up?`;
    if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `the name of its host ${host} does not resolve`;
    if (isTimeout(error, code)) return `no answer from ${host}: check the network, a VPN, or the address`;
    if (/CERT|SELF_SIGNED|VERIFY|ALTNAME|ISSUER/.test(code))
      return `its certificate is not to be trusted (${code}): certificate-authority-data in the kubeconfig belongs to another cluster, or is missing`;
    return `${messageOf(error)}${code && ` (${code})`}`;
  }
}

function isTimeout(error: unknown, code: string): boolean {
  return /TIMEOUT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/.test(code) || (error as Error).name === "TimeoutError";
}

function messageOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || message : message;
}

function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).host : server;
}

/** `299 - "text", 299 - "text"` → the texts. */
function warningsOf(header: string | undefined): string[] {
  const found = [...(header ?? "").matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)];
  return found.map(([, text = ""]) => text.replace(/\\(.)/g, "$1"));
}
