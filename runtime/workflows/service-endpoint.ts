import {
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { createEndpointHandler, type NodeEndpointOptions } from "@restatedev/restate-sdk";
import { ApiError, errorMessage } from "../errors.ts";
import { callsPerConnection } from "./calls-per-connection.ts";
import { journalPath } from "./journal-version.ts";

/** Where Restate calls this process. */
export interface ServiceEndpoint {
  /** What Restate is told to call. */
  uri: string;
  /** Takes no new connection and cuts those that are open: what Restate had asked is asked again later. */
  close(): Promise<void>;
}

/** @throws ApiError `port-in-use` or `cannot-listen` that names the setting */
export async function openServiceEndpoint(
  options: Pick<NodeEndpointOptions, "services" | "logger" | "identityKeys">,
  host: string,
  port: number,
): Promise<ServiceEndpoint> {
  const handle = createEndpointHandler({ ...options, bidirectional: true });
  const server = createServer(
    { settings: { maxConcurrentStreams: callsPerConnection } },
    (request, response) => {
      if (request.url.startsWith(`${journalPath}/`)) handle(request, response);
      else refuse(request, response);
    },
  );
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    // A session that Restate drops is none of our failures.
    session.on("error", () => undefined);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isInUse = error.code === "EADDRINUSE";
      reject(
        new ApiError(
          `cannot listen on ${host}:${port} for Restate: ${isInUse ? "the port is in use" : errorMessage(error)}; set SKYLOOM_WORKFLOW_HOST and SKYLOOM_WORKFLOW_PORT`,
          { status: 500, code: isInUse ? "port-in-use" : "cannot-listen", cause: error },
        ),
      );
    });
    server.listen(port, host, () => resolve());
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    uri: `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${bound}${journalPath}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

/** Of a run that another release began: Restate asks again, until it comes to a replica of that release. */
function refuse(request: Http2ServerRequest, response: Http2ServerResponse): void {
  response.writeHead(503, { "content-type": "text/plain" });
  response.end(`this replica serves ${journalPath}, not ${request.url}\n`);
}
