import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { CoreV1Api, PortForward } from "@kubernetes/client-node";
import type { Cluster } from "../cluster.ts";

export interface Forwarded {
  /** `http://127.0.0.1:PORT` */
  url: string;
  close(): void;
}

/** As `kubectl port-forward`, but each connection goes to a pod that is ready when it is made. */
export async function forward(
  cluster: Cluster,
  namespace: string,
  labelSelector: string,
  port: number,
): Promise<Forwarded> {
  const core = cluster.config.makeApiClient(CoreV1Api);
  const forwarder = new PortForward(cluster.config);
  const server = createServer(async (socket) => {
    // A pod that goes cuts its connections.
    socket.on("error", () => socket.destroy());
    try {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector });
      const pod = items.find(
        ({ metadata, status }) =>
          metadata?.deletionTimestamp === undefined &&
          status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
      );
      if (pod?.metadata?.name === undefined) throw new Error(`no pod ${labelSelector} is ready`);
      await forwarder.portForward(namespace, pod.metadata.name, [port], socket, null, socket);
    } catch {
      socket.destroy();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.close(),
  };
}
