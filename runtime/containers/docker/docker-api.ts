import type { Readable } from "node:stream";
import { Agent, type Dispatcher, request } from "undici";
import { errorMessage } from "../../errors.ts";

/** An answer that is no success. */
export class DockerError extends Error {
  override readonly name = "DockerError";
  /** Undefined: there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, status: number | undefined, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

export interface DockerRequest {
  query?: Record<string, string>;
  /** An object is sent as JSON, bytes as a tar archive. */
  body?: object | Uint8Array;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** The HTTP API of Docker Engine (https://docs.docker.com/reference/api/engine), on its socket. */
export interface DockerApi {
  /** The JSON of an answer; undefined where it has no body. @throws DockerError */
  json<Answer>(method: Method, path: string, options?: DockerRequest): Promise<Answer>;
  /** An answer that comes bit by bit. @throws DockerError */
  stream(method: Method, path: string, options?: DockerRequest): Promise<Readable>;
  close(): Promise<void>;
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export function createDockerApi(socket: string): DockerApi {
  // Logs and ends of containers may be quiet for as long as the containers are.
  const dispatcher = new Agent({ connect: { socketPath: socket }, bodyTimeout: 0, headersTimeout: 0 });

  async function send(method: Method, path: string, options: DockerRequest = {}) {
    const { query = {}, body, headers = {}, signal } = options;
    const isBytes = body instanceof Uint8Array;
    const type = isBytes ? "application/x-tar" : "application/json";
    let answer: Dispatcher.ResponseData;
    try {
      answer = await request(`http://docker${path}?${new URLSearchParams(query)}`, {
        method,
        dispatcher,
        headers: { ...headers, ...(body !== undefined && { "content-type": type }) },
        ...(body !== undefined && { body: isBytes ? body : JSON.stringify(body) }),
        ...(signal !== undefined && { signal }),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw new DockerError(`Docker does not answer at ${socket}: ${errorMessage(error)}`, undefined, error);
    }
    if (answer.statusCode < 400) return answer;
    const text = await answer.body.text();
    throw new DockerError(messageIn(text) ?? `${method} ${path}: ${answer.statusCode}`, answer.statusCode);
  }

  return {
    async json<Answer>(method: Method, path: string, options?: DockerRequest): Promise<Answer> {
      const text = await (await send(method, path, options)).body.text();
      return (text === "" ? undefined : JSON.parse(text)) as Answer;
    },
    stream: async (method, path, options) => (await send(method, path, options)).body,
    close: () => dispatcher.destroy(),
  };
}

function messageIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return undefined;
  }
}
