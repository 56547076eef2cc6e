import type { Readable } from "node:stream";

export interface OutboundRequest {
  /** http or https, without user and password in it. */
  url: string;
  /** Default GET. */
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
  /** Redirects followed at most; 0 to 20. Default 5. One more is ApiError `too-many-redirects` (422). */
  maximumRedirects?: number;
}

export interface OutboundAnswer {
  status: number;
  /** Names in small letters. */
  headers: Record<string, string>;
  /** The one that answered, after redirects. */
  url: string;
  /** Decompressed. Must be read to its end or destroyed. */
  body: Readable;
}

/**
 * HTTP calls to targets that somebody else names: workflow files, job senders, publishers of models. None goes to a
 * private, loopback, link-local or metadata address unless the operator allowed it, neither at once nor after a redirect.
 * Nothing is tried again: whoever calls knows whether that is safe.
 * @throws ApiError `invalid-url` (400), `address-not-allowed` (403), `too-many-redirects` (422), `target-unreachable`
 * (502); and the signal's reason where it is aborted
 */
export interface Outbound {
  send(request: OutboundRequest): Promise<OutboundAnswer>;
  close(): Promise<void>;
}
