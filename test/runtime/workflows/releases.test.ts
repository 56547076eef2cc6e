import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import * as sdk from "@restatedev/restate-sdk";
import { journalPath, journalVersion, journalVersionOf } from "../../../runtime/workflows/journal-version.ts";
import { createRestateClient } from "../../../runtime/workflows/restate.ts";
import { openServiceEndpoint } from "../../../runtime/workflows/service-endpoint.ts";
import { testEngine } from "./engine-server.ts";
import { type RestateServer, startRestateServer } from "./restate-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitForRun } from "./wait-for-run.ts";

describe("releases with another journal", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let restate: RestateServer;

  before(async () => {
    restate = await startRestateServer(join(folder.path, "restate"));
  });
  after(async () => await restate?.kill());

  /** A release whose runs do nothing but say that they ran. */
  async function otherRelease(version: number, runs: string[]) {
    const service = sdk.workflow({
      name: "Run",
      handlers: {
        run: async (context: sdk.WorkflowContext) => {
          await context.promise("go");
          runs.push(context.key);
        },
        go: async (context: sdk.WorkflowSharedContext) => await context.promise("go").resolve(null),
      },
    });
    const server = createServer(sdk.createEndpointHandler({ services: [service], logger: () => undefined }));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return { uri: `http://127.0.0.1:${port}/journal-${version}`, close: () => server.close() };
  }

  const settings = () => ({
    bucket: join(folder.path, "bucket"),
    restateIngress: restate.ingress,
    restateAdmin: restate.admin,
    workflowPort: 0,
  });
  const workflow = "name: quick\ntasks: {a: {uses: decide, with: {outputs: {}}}}\n";

  it("leave runs with the release on which they began, and give it no new ones", async () => {
    const ran: string[] = [];
    const old = await otherRelease(journalVersion - 1, ran);
    const client = createRestateClient(restate.ingress, restate.admin);
    assert.equal(await client.register(old.uri), true);
    const ask = (path: string) =>
      fetch(`${restate.ingress}/Run/old-run/${path}`, {
        method: "POST",
        body: "null",
        headers: { "content-type": "application/json" },
      });
    await (await ask("run/send")).text();
    const query = async () => {
      const response = await fetch(`${restate.admin}/query`, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify({
          query: "select pinned_deployment_id from sys_invocation where target = 'Run/old-run/run'",
        }),
      });
      return ((await response.json()) as { rows: { pinned_deployment_id?: string }[] }).rows[0];
    };
    await waitForRun(
      async () => {
        assert.ok((await query())?.pinned_deployment_id);
        return undefined as never;
      },
      () => true,
    );
    const engine = testEngine(settings());
    try {
      await engine.start();
      await engine.putDefinition(workflow);
      const run = await engine.startRun({ workflow: "quick" });
      assert.equal((await waitForRun(() => engine.getRun(run.id))).state, "succeeded");
      assert.deepEqual(ran, [], "neither did the old release begin the new run, nor the new one end the old");
      assert.equal(await client.register(old.uri), false);
      const next = await engine.startRun({ workflow: "quick" });
      assert.equal((await waitForRun(() => engine.getRun(next.id))).state, "succeeded");
    } finally {
      await engine.stop();
      old.close();
    }
  });

  it("answer no call that is meant for another release", async () => {
    const endpoint = await openServiceEndpoint({ services: [], logger: () => undefined }, "127.0.0.1", 0);
    const session = connect(endpoint.uri);
    try {
      const status = async (path: string) => {
        const stream = session.request({ ":path": path });
        const [headers] = (await once(stream, "response")) as [{ ":status": number }];
        stream.close();
        return headers[":status"];
      };
      assert.equal(await status(`${journalPath}/health`), 200);
      assert.equal(await status(`/journal-${journalVersion + 1}/health`), 503);
      assert.equal(await status("/health"), 503);
      assert.equal(journalVersionOf(endpoint.uri), journalVersion);
    } finally {
      session.destroy();
      await endpoint.close();
    }
  });
});
