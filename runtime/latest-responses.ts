import type { Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/**
 * The response to the last request of each open connection, finished or not.
 *
 * By connection, since a set of the responses under way costs more than the requests themselves: its table gets old, and
 * with it all that was in it when it grew; that the garbage collection takes for alive, and what hangs on it too.
 */
export function latestResponses(server: Server): ReadonlyMap<Duplex, ServerResponse> {
  const responses = new Map<Duplex, ServerResponse>();
  server.prependListener("request", ({ socket }, response) => {
    if (!responses.has(socket)) socket.once("close", () => responses.delete(socket));
    responses.set(socket, response);
  });
  return responses;
}
