import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SeenRequest {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface TestServer {
  url: string;
  /** In the order of their arrival. */
  seen: SeenRequest[];
  /** Answers the requests to come; default 200 with nothing. */
  answer: (request: SeenRequest, response: ServerResponse) => void;
  close(): Promise<void>;
}

/** A real HTTP server on loopback that remembers what it was asked. */
export async function startTestServer(): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { method, url, headers } = request;
    seen.push({ method, url, headers, body });
    own.answer({ method, url, headers, body }, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const own: TestServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: (_request, response) => void response.end(),
    async close() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
  return own;
}
