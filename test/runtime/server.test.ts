import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get, request as httpRequest, type IncomingMessage } from "node:http";
import { json, Router } from "express";
import { Registry } from "prom-client";
import { invalidInput } from "../../runtime/errors.ts";
import { createLogger } from "../../runtime/monitoring/logger.ts";
import type { ReadinessCheck } from "../../runtime/routes/health.ts";
import { type AppOptions, createApp, listen, type RunningServer } from "../../runtime/server.ts";

const token = "a-secret-of-16-characters-or-more";

describe("HTTP server", () => {
  const running: RunningServer[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop(0)));
  });

  async function start(options: Partial<AppOptions> = {}): Promise<{ url: string; server: RunningServer }> {
    const app = createApp({
      logger: createLogger("silent"),
      registry: new Registry(),
      token: undefined,
      readiness: [],
      routers: [],
      ...options,
    });
    const server = await listen(app, "127.0.0.1", 0);
    running.push(server);
    return { url: `http://127.0.0.1:${server.port}`, server };
  }

  /** fetch refuses to send a Host header of one's own. */
  async function getWithHeaders(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
    const [response] = await once(httpRequest(url, { headers }).end(), "response");
    response.resume();
    return response;
  }

  it("answers liveness at once and readiness with every problem", async () => {
    const broken: ReadinessCheck = async () => ({ path: "queue", message: "is locked" });
    const alsoBroken: ReadinessCheck = async () => ({ path: "bucket", message: "is gone" });
    const { url } = await start({ readiness: [broken, alsoBroken] });
    assert.equal((await fetch(`${url}/healthz/live`)).status, 200);
    const ready = await fetch(`${url}/healthz/ready`);
    assert.equal(ready.status, 503);
    const body = (await ready.json()) as { error: string; problems: unknown[] };
    assert.match(body.error, /queue: is locked; bucket: is gone/);
    assert.equal(body.problems.length, 2);
  });

  it("gives each answer a request id: the caller's where it is harmless", async () => {
    const { url } = await start();
    const own = await fetch(`${url}/healthz/live`, { headers: { "X-Request-Id": "abc-1" } });
    assert.equal(own.headers.get("x-request-id"), "abc-1");
    const odd = await fetch(`${url}/healthz/live`, { headers: { "X-Request-Id": "a b<script>" } });
    assert.match(odd.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
  });

  it("answers an unknown route with 404 in the error form", async () => {
    const { url } = await start();
    const response = await fetch(`${url}/nowhere`);
    assert.equal(response.status, 404);
    assert.deepEqual(await response.json(), {
      error: "there is no GET /nowhere",
      code: "route-not-found",
      problems: [],
    });
  });

  it("answers broken JSON with 400 and hides what an unexpected error says", async () => {
    const router = Router();
    router.post("/echo", json(), (request, response) => void response.json(request.body));
    router.get("/bug", () => {
      throw new Error("password is hunter2");
    });
    router.get("/bad", () => {
      throw invalidInput("bad", [{ path: "a", message: "is wrong" }]);
    });
    const { url } = await start({ routers: [router] });
    const headers = { "Content-Type": "application/json" };
    const broken = await fetch(`${url}/echo`, { method: "POST", headers, body: '{"a":' });
    assert.equal(broken.status, 400);
    const bug = await fetch(`${url}/bug`);
    assert.equal(bug.status, 500);
    assert.doesNotMatch(await bug.text(), /hunter2/);
    const bad = (await (await fetch(`${url}/bad`)).json()) as { code: string; problems: unknown };
    assert.deepEqual(bad.problems, [{ path: "a", message: "is wrong" }]);
  });

  it("wants the token for everything but health", async () => {
    const { url } = await start({ token });
    assert.equal((await fetch(`${url}/healthz/ready`)).status, 200);
    assert.equal((await fetch(`${url}/metrics`)).status, 401);
    const wrong = await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${token}x` } });
    assert.equal(wrong.status, 401);
    const right = await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${token}` } });
    assert.equal(right.status, 200);
  });

  it("without a token refuses web pages and foreign host names", async () => {
    const { url } = await start();
    assert.equal((await getWithHeaders(`${url}/metrics`, { Host: "evil.example" })).statusCode, 403);
    assert.equal(
      (await getWithHeaders(`${url}/metrics`, { Origin: "https://evil.example" })).statusCode,
      403,
    );
    assert.equal(
      (await getWithHeaders(`${url}/metrics`, { Origin: "http://localhost:3000" })).statusCode,
      200,
    );
    assert.equal((await getWithHeaders(`${url}/metrics`, {})).statusCode, 200);
  });

  it("finishes a request under way when it stops, and ends its connection", async () => {
    let release = () => {};
    const entered = Promise.withResolvers<void>();
    const router = Router();
    router.get("/slow", async (_request, response) => {
      await new Promise<void>((resolve) => {
        release = resolve;
        entered.resolve();
      });
      response.json({ done: true });
    });
    const { url, server } = await start({ routers: [router] });
    const slow = fetch(`${url}/slow`);
    await entered.promise;
    const stopped = server.stop(10);
    release();
    const answer = await slow;
    assert.equal(answer.headers.get("connection"), "close");
    assert.deepEqual(await answer.json(), { done: true });
    await stopped;
    await assert.rejects(fetch(`${url}/healthz/live`));
  });

  it("cuts no request off that comes on a connection that was kept", async () => {
    const { url, server } = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () =>
      new Promise<string | undefined>((resolve, reject) => {
        get(`${url}/healthz/live`, { agent }, (response) => {
          response.resume();
          response.once("end", () => resolve(response.headers.connection));
        }).once("error", reject);
      });
    assert.equal(await ask(), "keep-alive");
    const stopped = server.stop(10);
    assert.equal(await ask(), "close");
    await stopped;
    await assert.rejects(ask());
  });

  it("names the setting when the port is in use", async () => {
    const { server } = await start();
    const app = createApp({
      logger: createLogger("silent"),
      registry: new Registry(),
      token: undefined,
      readiness: [],
      routers: [],
    });
    await assert.rejects(listen(app, "127.0.0.1", server.port), /in use; set SKYLOOM_HOST and SKYLOOM_PORT/);
  });
});
