import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import * as restate from "@restatedev/restate-sdk";
import * as clients from "@restatedev/restate-sdk-clients";
import { createRestateFetch } from "../../../runtime/workflows/restate-fetch.ts";
import { freePorts } from "./restate-server.ts";

const echoService = restate.service({
  name: "Echo",
  handlers: { echo: async (_: restate.Context, value: unknown) => value },
});

describe("what Restate's client asks by", () => {
  const closes: (() => void)[] = [];
  afterEach(() => {
    for (const close of closes.splice(0)) close();
  });

  async function clientOf(listener: RequestListener) {
    const server = createServer(listener).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    closes.push(() => server.close().closeAllConnections());
    return client((server.address() as AddressInfo).port);
  }
  function client(port: number): { echo: (value: unknown) => Promise<unknown> } {
    const connection = clients.connect({ url: `http://127.0.0.1:${port}`, fetch: createRestateFetch(300) });
    const service = connection.serviceClient(echoService);
    // Nothing that could be taken for a promise, as the client could.
    return { echo: async (value) => await service.echo(value) };
  }

  it("sends JSON and gives what comes back", async () => {
    const service = await clientOf((request, response) => {
      assert.equal(request.headers["content-type"], "application/json");
      request.pipe(response);
    });
    assert.deepEqual(await service.echo({ text: "ä", list: [1, null] }), { text: "ä", list: [1, null] });
  });

  it("fails with the status and text of an answer that is none", async () => {
    const service = await clientOf((_, response) => response.writeHead(503).end("not now"));
    await assert.rejects(service.echo(1), { status: 503, responseText: "not now" });
  });

  it("gives up where no answer comes, or only its beginning", async () => {
    const silent = await clientOf(() => undefined);
    await assert.rejects(silent.echo(1), { code: "UND_ERR_HEADERS_TIMEOUT" });
    const stuck = await clientOf((_, response) => response.writeHead(200).write("{"));
    await assert.rejects(stuck.echo(1), { code: "UND_ERR_BODY_TIMEOUT" });
  });

  it("tells that nobody listens", async () => {
    const [port = 0] = await freePorts(1);
    await assert.rejects(client(port).echo(1), { code: "ECONNREFUSED" });
  });
});
