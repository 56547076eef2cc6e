import type { Address, Cluster } from "../cloud.ts";

const NAME = "sample-server";
const FOLDER = "examples/automatic-operations";

/** The simulated server that the example for automatic operations breaks and repairs. */
export function deploySampleServer(cluster: Cluster): Address {
  const http = cluster.address(NAME, "http");
  cluster.deploy({
    name: NAME,
    identity: cluster.identity(NAME),
    command: [
      "node",
      "--disable-warning=ExperimentalWarning",
      `${FOLDER}/sample-server.ts`,
      "--port",
      String(http.port),
    ],
    environment: {},
    ports: ["http"],
    healthCheck: { port: "http", path: "/healthz" },
    limits: { memoryBytes: 2 * 1024 ** 3 },
    files: [FOLDER],
    stopSeconds: 5,
  });
  return http;
}
