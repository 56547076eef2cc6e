import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import express from "express";
import { createLogger } from "../../../runtime/monitoring/logger.ts";
import { answerError } from "../../../runtime/routes/errors.ts";
import { createMessagesRouter } from "../../../runtime/routes/messages.ts";
import { createLocalFixture } from "../queue/local-fixture.ts";

describe("messages router", () => {
  let fixture: Awaited<ReturnType<typeof createLocalFixture>>;
  let server: ReturnType<ReturnType<typeof express>["listen"]>;
  let address: string;

  beforeEach(async () => {
    fixture = await createLocalFixture();
    const app = express();
    app.use(
      createMessagesRouter({ queue: fixture.queue, now: () => 1_700_000_000_000, createId: () => "made-id" }),
    );
    app.use(answerError(createLogger("silent")));
    server = app.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await fixture.dispose({ keep: false });
  });

  async function post(body: string | undefined, headers: Record<string, string> = {}) {
    const response = await fetch(`${address}/v1/messages`, {
      method: "POST",
      headers,
      ...(body !== undefined && { body }),
    });
    return { status: response.status, answer: (await response.json()) as Record<string, never> };
  }

  async function get(path: string) {
    const response = await fetch(address + path);
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
  }

  const event = {
    specversion: "1.0",
    id: "1",
    source: "/test",
    type: "server.metrics",
    time: "2026-01-31T12:00:00Z",
  };

  for (const type of ["application/json", "application/cloudevents+json", "text/plain"])
    it(`puts an event sent as ${type} on the queue`, async () => {
      const full = { ...event, data: { metrics: [1, 2] }, pace: 1 };
      assert.deepEqual(await post(JSON.stringify(full), { "content-type": type }), {
        status: 202,
        answer: { id: "1" },
      });
      const [message] = await fixture.queue.receive();
      assert.deepEqual(JSON.parse(message?.body ?? ""), full);
    });

  it("fills in a missing id, time and source", async () => {
    assert.deepEqual(await post('{"type": "t"}'), { status: 202, answer: { id: "made-id" } });
    const [message] = await fixture.queue.receive();
    assert.deepEqual(JSON.parse(message?.body ?? ""), {
      specversion: "1.0",
      id: "made-id",
      source: "/v1/messages",
      time: "2023-11-14T22:13:20.000Z",
      type: "t",
    });
  });

  for (const body of ['{"data": 1}', "[]", "{broken", "", undefined, '{"type": "t", "pace": -1}'])
    it(`refuses ${body} and puts nothing on the queue`, async () => {
      const { status, answer } = await post(body, { "content-type": "application/json" });
      assert.deepEqual([status, answer.code], [400, "invalid-message"]);
      assert.ok(Object(answer.problems).length >= 1);
      assert.deepEqual(await fixture.queue.receive(), []);
    });

  it("refuses an event that is larger than the queue allows, before or after it was filled in", async () => {
    const limit = fixture.queue.limits.maximumMessageBytes;
    const frame = '{"type": "t", "data": ""}'.length;
    for (const length of [limit - frame, limit]) {
      const { status, answer } = await post(JSON.stringify({ type: "t", data: "x".repeat(length) }));
      assert.deepEqual([status, answer.code], [413, "message-too-large"]);
    }
    assert.deepEqual(await fixture.queue.receive(), []);
  });

  it("tells the queue's depth and its dead letters", async () => {
    for (let number = 0; number < 3; number += 1) await fixture.queue.send("poison");
    for (let delivery = 0; delivery < 3 * fixture.maximumDeliveries; delivery += 1) {
      const [message] = await fixture.queue.receive();
      await fixture.queue.release(message?.receipt ?? "", { reason: "the reason", delaySeconds: 0 });
    }
    const { answer } = await get("/v1/queue");
    assert.deepEqual(answer, await fixture.queue.depth());
    const letters = await get("/v1/queue/dead-letters?pageSize=1");
    const [letter] = letters.answer.deadLetters as Record<string, string>[];
    assert.equal((letters.answer.deadLetters as unknown[]).length, 1);
    assert.deepEqual([letter?.body, letter?.reason], ["poison", "the reason"]);
    assert.match(letter?.deadLetteredAt ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  for (const pageSize of ["0", "1001", "x", "1.5", "-1"])
    it(`refuses a page size of ${pageSize}`, async () => {
      const { status, answer } = await get(`/v1/queue/dead-letters?pageSize=${pageSize}`);
      assert.deepEqual([status, answer.code], [400, "invalid-request"]);
    });
});
