import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import { sendFault } from "../../../examples/automatic-operations/demo.ts";
import { installAutomaticOperations } from "../../../examples/automatic-operations/install.ts";
import { createSampleServer } from "../../../examples/automatic-operations/sample-server/create-sample-server.ts";
import { runIdForMessage } from "../../../runtime/workflows/run.ts";
import { required } from "../required.ts";
import type { Storage } from "./storage.ts";

export interface EndedRun {
  state: string;
  outputs?: Record<string, unknown>;
  error?: string;
}

const SECONDS = 420;

/**
 * Installs the example with its trained models, breaks a sample server on this host, sends what it reports to the queue,
 * and waits for the run's end.
 */
export async function runAutomaticOperations({
  storage,
  runtimeUrl,
  token,
}: {
  storage: Storage;
  runtimeUrl: string;
  token: string;
}): Promise<EndedRun> {
  const host = required("TEST_HOST_ADDRESS");
  const server = createSampleServer({ seed: 1 });
  server.listen(0, host);
  await once(server, "listening");
  try {
    await installAutomaticOperations({ store: storage.store, runtimeUrl, token, controlHosts: [host] });
    const sampleServerUrl = `http://${host}:${(server.address() as AddressInfo).port}`;
    const { messageId } = await sendFault({ runtimeUrl, sampleServerUrl, token });
    return await ended(`${runtimeUrl}/v1/runs/${runIdForMessage("server.metrics", messageId)}`, token);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function ended(url: string, token: string): Promise<EndedRun> {
  let last = "no answer yet";
  for (const end = Date.now() + SECONDS * 1000; Date.now() < end; ) {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    last = await response.text();
    if (response.ok) {
      const run = JSON.parse(last) as EndedRun;
      if (["succeeded", "failed", "cancelled"].includes(run.state)) return run;
    }
    await sleepMilliseconds(500);
  }
  throw new Error(`the run did not end within ${SECONDS} s: ${last}`);
}
