import {
  type ClientHttp2Session,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { Faults } from "../contracts/faults.ts";

/** `grpc-status` and `grpc-message` of an answer (https://grpc.github.io/grpc/core/md_doc_statuscodes.html). */
interface Status {
  code: number;
  message: string;
}

type Fault = "cut" | "lose-answer" | Status | undefined;

export interface GrpcFaults extends Omit<Faults, "cutContents"> {
  /** Stands for the service. */
  url: string;
  close: () => Promise<void>;
}

/** A proxy in front of a gRPC service without TLS that breaks unary calls on demand. */
export async function createGrpcFaults(target: string): Promise<GrpcFaults> {
  let fault: Fault;
  let left = 0;
  let requests = 0;
  const upstream = connect(target);
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    session.on("error", () => undefined);
  });
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.on("error", () => undefined);
    requests += 1;
    const isMeant = left > 0;
    if (isMeant) left -= 1;
    handle(upstream, stream, headers, isMeant ? fault : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const set = (what: Fault) => (times: number) => {
    fault = what;
    left = times;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutConnections: set("cut"),
    loseAnswers: set("lose-answer"),
    throttle: set({ code: 8, message: "Quota exceeded for the rate of requests" }),
    expireCredentials: set({ code: 16, message: "Request had invalid authentication credentials" }),
    heal: () => set(undefined)(0),
    requests: () => requests,
    async close() {
      for (const session of sessions) session.destroy();
      upstream.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function handle(
  upstream: ClientHttp2Session,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  fault: Fault,
): void {
  if (fault === "cut") {
    cut(stream);
    return;
  }
  if (typeof fault === "object") {
    const answer = { ":status": 200, "content-type": "application/grpc", "grpc-status": fault.code };
    stream.respond({ ...answer, "grpc-message": fault.message }, { endStream: true });
    return;
  }
  forward(upstream, stream, headers, fault === "lose-answer");
}

function forward(
  upstream: ClientHttp2Session,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  isLost: boolean,
): void {
  const request = upstream.request(headers);
  let trailers: IncomingHttpHeaders = {};
  request.on("error", () => stream.destroy());
  request.on("trailers", (received) => {
    trailers = received;
  });
  stream.pipe(request);
  stream.once("close", () => request.close());
  if (isLost) {
    request.resume().once("end", () => cut(stream));
    return;
  }
  request.once("response", (answer, flags) => {
    if (stream.destroyed) return;
    // END_STREAM: an answer of trailers alone.
    if (flags & 1) {
      stream.respond(answer, { endStream: true });
      return;
    }
    stream.respond(answer, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers(trailers));
    request.pipe(stream);
  });
}

/** Node aborts the process when a session ends while it still reads from it. */
function cut(stream: ServerHttp2Stream): void {
  setImmediate(() => stream.session?.destroy());
}
