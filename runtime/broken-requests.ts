import { type Server, STATUS_CODES } from "node:http";
import type { latestResponses } from "./latest-responses.ts";

/** What Node's parser finds, where it is not simply wrong (400). */
const statuses: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers what is no HTTP with a message, as everything else is; Node alone would send a status without one. */
export function answerBrokenRequests(server: Server, responses: ReturnType<typeof latestResponses>): void {
  server.on("clientError", (error: NodeJS.ErrnoException & { reason?: string }, socket) => {
    const answer = responses.get(socket);
    const isBegun = answer?.headersSent === true && !answer.writableFinished;
    if (!socket.writable || error.code === "ECONNRESET" || isBegun) {
      socket.destroy();
      return;
    }
    const status = statuses[error.code ?? ""] ?? 400;
    const body = JSON.stringify({
      error: `the request is no valid HTTP: ${error.reason ?? error.message}`,
      code: "invalid-http",
      problems: [],
    });
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      "Connection: close",
      "Content-Type: application/json; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  });
}
