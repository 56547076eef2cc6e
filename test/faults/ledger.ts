import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server whose calls are effects: it knows each by its Idempotency-Key, and tells how often it was asked for. */
export interface Ledger {
  url: string;
  /** Key of an effect to how often it was asked for, in the order in which they first were. */
  asked: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** What happens before the answer to an effect, by its key. */
export type Trouble = (key: string) => Promise<{ isCut: boolean }>;

/** `/fail` answers 422, anything else 200. */
export async function startLedger(trouble: Trouble): Promise<Ledger> {
  const asked = new Map<string, number>();
  const server = createServer(async (request, response) => {
    request.resume();
    const key = String(request.headers["idempotency-key"]);
    asked.set(key, (asked.get(key) ?? 0) + 1);
    const { isCut } = await trouble(key);
    if (isCut) request.socket.destroy();
    else response.writeHead(request.url === "/fail" ? 422 : 200).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}
