import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { Writable } from "node:stream";
import { Router } from "express";
import { pino } from "pino";
import { Registry } from "prom-client";
import { createApp, listen } from "../../../runtime/server.ts";

interface Line {
  level: number;
  msg: string;
  req: { id: string; method: string; url: string };
  res?: { status: number };
  err?: { message: string };
}

describe("log of requests", () => {
  /** Lines that the requests made, and the ids that their answers told. */
  async function linesOf(level: string, paths: string[]): Promise<{ lines: Line[]; ids: unknown[] }> {
    const lines: Line[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)));
        done();
      },
    });
    const router = Router();
    router.get("/bug", () => {
      throw new Error("a bug");
    });
    const app = createApp({
      logger: pino({ level }, stream),
      registry: new Registry(),
      token: undefined,
      readiness: [],
      routers: [router],
    });
    const server = await listen(app, "127.0.0.1", 0);
    const ids: unknown[] = [];
    for (const path of paths) {
      const call = request({ host: "127.0.0.1", port: server.port, path, agent: false }).end();
      const [response] = (await once(call, "response")) as [IncomingMessage];
      ids.push(response.headers["x-request-id"]);
      await once(response.resume(), "end");
    }
    // By then each connection is closed, and with it what is told at a request's end.
    await server.stop(10);
    return { lines, ids };
  }

  it("has a line for each failed request, and for an unexpected error what it was, under the id of the answer", async () => {
    const { lines, ids } = await linesOf("info", ["/healthz/live", "/nowhere?a=1", "/bug"]);
    assert.deepEqual(
      lines.map(({ level, msg, req, res }) => [level, msg, req.id, req.method, req.url, res?.status]),
      [
        [40, "request completed", ids[1], "GET", "/nowhere?a=1", 404],
        [
          50,
          "internal error; the log has the details under this request id",
          ids[2],
          "GET",
          "/bug",
          undefined,
        ],
        [50, "request completed", ids[2], "GET", "/bug", 500],
      ],
    );
    assert.equal(lines[1]?.err?.message, "a bug");
  });

  it("tells successful requests for debugging only, and never those of health and metrics", async () => {
    const { lines } = await linesOf("debug", ["/v2", "/healthz/live", "/metrics"]);
    assert.deepEqual(
      lines.map(({ req }) => req.url),
      ["/v2"],
    );
  });
});
