import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A registry of images on loopback that has none (https://distribution.github.io/distribution/spec/api). */
export async function startEmptyRegistry(): Promise<{ address: string; stop(): void }> {
  const server = createServer((request, response) => {
    const isPing = request.url === "/v2/";
    const errors = [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }];
    response
      .writeHead(isPing ? 200 : 404, { "content-type": "application/json" })
      .end(JSON.stringify(isPing ? {} : { errors }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
