import { join } from "node:path";
import { freePorts, type RestateServer, startRestateServer } from "../runtime/workflows/restate-server.ts";

/** Three nodes of Restate on this machine, of which one may be gone: every record is on two of them. */
export async function startRestateCluster(folder: string): Promise<RestateServer[]> {
  const ports = await freePorts(3);
  const addresses = ports.map((port) => `http://127.0.0.1:${port}/`);
  return await Promise.all(
    ports.map((port, index) =>
      startRestateServer(join(folder, `node-${index}`), {
        RESTATE_CLUSTER_NAME: "faults",
        RESTATE_NODE_NAME: `node-${index}`,
        RESTATE_AUTO_PROVISION: String(index === 0),
        RESTATE_BIND_ADDRESS: `127.0.0.1:${port}`,
        RESTATE_ADVERTISED_ADDRESS: addresses[index] ?? "",
        RESTATE_LISTEN_MODE: "tcp",
        RESTATE_METADATA_CLIENT__ADDRESSES: JSON.stringify(addresses),
        RESTATE_DEFAULT_REPLICATION: "2",
      }),
    ),
  );
}
