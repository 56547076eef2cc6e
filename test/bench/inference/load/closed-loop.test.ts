import assert from "node:assert/strict";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LoadError, runClosedLoop } from "../../../../bench/inference/load/closed-loop.ts";

async function load(answer: RequestListener, concurrency: number, seconds = 0.05) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await runClosedLoop({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      path: "/infer",
      headers: { "content-type": "application/json" },
      body: Buffer.from("{}"),
      concurrency,
      warmUpSeconds: 0,
      seconds,
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("the closed loop of requests", () => {
  it("keeps as many requests under way as it has connections, and no more", async () => {
    const waiting: ServerResponse[] = [];
    let most = 0;
    const connections = new Set();
    // It answers only when all four have asked: a loop with fewer under way would stand still.
    const figures = await load((request, response) => {
      connections.add(request.socket);
      waiting.push(response);
      most = Math.max(most, waiting.length);
      if (waiting.length === 4) for (const one of waiting.splice(0)) one.end("{}");
    }, 4);
    assert.deepEqual([most, connections.size], [4, 4]);
    assert.ok(figures.p50Ms > 0 && figures.p50Ms <= figures.p99Ms);
  });

  it("measures until each connection had several answers, however slow they are", async () => {
    let requests = 0;
    const answer: RequestListener = (_request, response) => {
      requests += 1;
      setTimeout(() => response.end("{}"), 200);
    };
    // One answer each is enough for these seconds; it gives up after ten times as long, which a busy machine does not need.
    const figures = await load(answer, 2, 0.15);
    assert.ok(requests >= 6, `${requests} requests`);
    assert.ok(figures.p50Ms >= 195, `${figures.p50Ms} ms`);
  });

  it("ends with the status and text of an answer that is none", async () => {
    const refuse: RequestListener = (_request, response) => response.writeHead(501).end("not built");
    await assert.rejects(load(refuse, 2), (error) => {
      assert.ok(error instanceof LoadError);
      assert.deepEqual([error.status, error.message], [501, "status 501: not built"]);
      return true;
    });
  });

  it("ends when the server cuts the connection", async () => {
    await assert.rejects(
      load((request) => request.socket.destroy(), 1),
      LoadError,
    );
  });
});
