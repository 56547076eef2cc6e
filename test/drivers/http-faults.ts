import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from "node:http";
import { createServer as createTlsServer, request as sendTlsRequest } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Faults } from "../contracts/faults.ts";

/** A service's own form of an error. */
export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What happens to a request; `undefined`: it goes through. */
type Fault = "cut" | "lose-answer" | "cut-content" | ErrorAnswer | undefined;

export interface HttpFaults extends Faults {
  /** Stands for the service. */
  url: string;
  close: () => Promise<void>;
}

/**
 * A proxy in front of an HTTP service that breaks requests on demand; with a certificate it speaks HTTPS.
 * @param options.contentMethod of the requests that read content. Default GET.
 */
export async function createHttpFaults(
  target: string,
  answers: { throttled: ErrorAnswer; expired: ErrorAnswer },
  certificate?: { cert: Buffer; key: Buffer },
  { contentMethod = "GET" }: { contentMethod?: "GET" | "POST" } = {},
): Promise<HttpFaults> {
  let fault: Fault;
  let left = 0;
  let requests = 0;
  const sockets = new Set<Socket>();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    requests += 1;
    const isMeant = left > 0 && !(fault === "cut-content" && request.method !== contentMethod);
    if (isMeant) left -= 1;
    handle(target, request, response, isMeant ? fault : undefined);
  };
  const server = certificate ? createTlsServer(certificate, answer) : createServer(answer);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const set = (what: Fault) => (times: number) => {
    fault = what;
    left = times;
  };
  return {
    url: `${certificate ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutConnections: set("cut"),
    loseAnswers: set("lose-answer"),
    cutContents: set("cut-content"),
    throttle: set(answers.throttled),
    expireCredentials: set(answers.expired),
    heal: () => set(undefined)(0),
    requests: () => requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function handle(target: string, request: IncomingMessage, response: ServerResponse, fault: Fault): void {
  if (fault === "cut") {
    request.socket.destroy();
    return;
  }
  if (typeof fault === "object") {
    // Read first: a client that still writes would take the answer for a broken connection.
    request.resume().once("end", () => response.writeHead(fault.status, fault.headers).end(fault.body));
    return;
  }
  forward(target, request, response, fault);
}

/** The host header stays the proxy's, so that what the service signs or tells leads through it. */
function forward(target: string, request: IncomingMessage, response: ServerResponse, fault: Fault): void {
  const { hostname, port, protocol } = new URL(target);
  const options = { hostname, port, method: request.method, path: request.url, headers: request.headers };
  const send = protocol === "https:" ? sendTlsRequest : sendRequest;
  const forwarded = send(options, (answer) => {
    if (fault === "lose-answer") {
      answer.resume().once("end", () => request.socket.destroy());
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    if (fault !== "cut-content") {
      answer.pipe(response);
      return;
    }
    response.flushHeaders();
    answer.once("data", (chunk: Buffer) => {
      response.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => request.socket.destroy());
      answer.resume();
    });
  });
  forwarded.once("error", () => request.socket.destroy());
  request.pipe(forwarded);
}
