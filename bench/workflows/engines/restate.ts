import { randomUUID } from "node:crypto";
import { join } from "node:path";
import * as sdk from "@restatedev/restate-sdk";
import * as clients from "@restatedev/restate-sdk-clients";
import { openServiceEndpoint } from "../../../runtime/workflows/service-endpoint.ts";
import { startRestateServer } from "../../../test/runtime/workflows/restate-server.ts";
import type { Engine } from "./engine.ts";

/** So many steps are awaited at once: more cost the SDK more than they save. */
const window = 64;

/** A program that was written for its shape, without states, documents, logs, retries: the ceiling. */
export const restate: Engine = {
  name: "restate",
  async start(folder) {
    const server = await startRestateServer(join(folder, "restate"));
    const service = sdk.workflow({
      name: "Bare",
      handlers: {
        run: async (context: sdk.WorkflowContext, layers: number[]) => {
          for (const count of layers)
            for (let begun = 0; begun < count; begun += window)
              await sdk.RestatePromise.all(
                Array.from({ length: Math.min(window, count - begun) }, (_, index) =>
                  context.run(`t${begun + index}`, () => ({})),
                ),
              );
        },
      },
    });
    const endpoint = await openServiceEndpoint(
      { services: [service], logger: () => undefined },
      "127.0.0.1",
      0,
    );
    await register(server.admin, endpoint.uri);
    const connection = clients.connect({ url: server.ingress });
    return {
      async carryOut({ layers, runs }) {
        await Promise.all(
          Array.from({ length: runs }, async () => {
            const client = connection.workflowClient<typeof service>({ name: "Bare" }, randomUUID());
            await client.workflowSubmit(layers);
            await client.workflowAttach();
          }),
        );
      },
      async stop() {
        await endpoint.close();
        await server.kill();
      },
    };
  },
};

async function register(admin: string, uri: string): Promise<void> {
  const response = await fetch(new URL("/deployments", admin), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ uri, force: true }),
  });
  if (!response.ok) throw new Error(`Restate did not take the service: ${await response.text()}`);
}
