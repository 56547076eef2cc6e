import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { row } from "../inference/models.ts";
import { JobFixture, type Received, useEngine, webhookKey } from "./job-fixture.ts";

const inputs = row(1, 2).inputs;

describe("webhooks of jobs", () => {
  const engine = useEngine();
  let fixture: JobFixture;
  beforeEach(() => {
    fixture = new JobFixture();
    // The library compares with the true time.
    fixture.time = Date.now();
  });
  afterEach(() => fixture.stop());

  function verified({ headers, body }: Received): { type: string; data: { id: string; state: string } } {
    return new Webhook(webhookKey).verify(body, headers) as ReturnType<typeof verified>;
  }

  it("tell the end once, signed so that the receiver can check it", async () => {
    await fixture.start(engine());
    await fixture.jobs.submit({ id: "one", model: "scale", inputs, webhook: fixture.webhook });
    await fixture.workOff();
    assert.equal(fixture.received.length, 1);
    const [told] = fixture.received as [Received];
    const { webhook, ...job } = await fixture.jobs.get("one");
    assert.deepEqual(verified(told), { type: "job.succeeded", timestamp: job.finishedAt, data: job });
    assert.throws(() => new Webhook(webhookKey).verify(`${told.body} `, told.headers));
    assert.deepEqual(webhook, {
      url: fixture.webhook,
      state: "delivered",
      attempts: 1,
      nextAttemptAt: null,
      error: null,
    });
  });

  it("tell failures and cancellations too", async () => {
    await fixture.start(engine());
    const wrong = { model: "scale", inputs: [{ ...inputs[0], shape: [7] }], webhook: fixture.webhook };
    const time = new Date(fixture.time).toISOString();
    const message = {
      specversion: "1.0",
      id: "wrong",
      source: "t",
      type: "skyloom.inference",
      time,
      data: wrong,
    };
    await fixture.queue.send(JSON.stringify(message));
    await fixture.jobs.submit({ id: "cancelled", model: "scale", inputs, webhook: fixture.webhook });
    await fixture.jobs.cancel("cancelled");
    for (let delivery = 0; delivery < 4; delivery += 1) {
      await fixture.workOff();
      fixture.advance(1);
    }
    const told = fixture.received.map(verified).map(({ type, data }) => `${type} ${data.id}`);
    assert.deepEqual(told.sort(), ["job.cancelled cancelled", "job.failed wrong"]);
  });

  it("are tried again with growing waits, under the same id, until the receiver takes one", async () => {
    await fixture.start(engine());
    fixture.answers = [500, 302, 200];
    await fixture.jobs.submit({ id: "one", model: "scale", inputs, webhook: fixture.webhook });
    await fixture.workOff();
    const first = (await fixture.jobs.get("one")).webhook;
    assert.deepEqual([first?.state, first?.attempts, first?.error], ["pending", 1, "answered 500"]);
    const wait = (Date.parse(first?.nextAttemptAt ?? "") - fixture.time) / 1000;
    assert.ok(wait >= 5 && wait <= 6, String(wait));
    fixture.advance(4);
    await fixture.workOff();
    assert.equal(fixture.received.length, 1);
    fixture.advance(3);
    await fixture.workOff();
    assert.equal(fixture.received.length, 2);
    assert.equal((await fixture.jobs.get("one")).webhook?.error, "answered 302");
    fixture.advance(361);
    await fixture.workOff();
    assert.equal((await fixture.jobs.get("one")).webhook?.state, "delivered");
    assert.equal(new Set(fixture.received.map(({ headers }) => headers["webhook-id"])).size, 1);
  });

  it("are given up after the last attempt, and at once where the receiver is gone", async () => {
    await fixture.start(engine());
    fixture.answers = [410];
    await fixture.jobs.submit({ id: "gone", model: "scale", inputs, webhook: fixture.webhook });
    await fixture.workOff();
    assert.equal((await fixture.jobs.get("gone")).webhook?.state, "failed");
    fixture.answers = new Array(20).fill(503);
    await fixture.jobs.submit({ id: "never", model: "scale", inputs, webhook: fixture.webhook });
    // 27 hours, up to a fifth more by chance, and each of seven waits up to an hour longer, since the clock goes by hours.
    for (let hours = 0; hours < 42; hours += 1) {
      await fixture.workOff();
      fixture.advance(3600);
    }
    const { webhook } = await fixture.jobs.get("never");
    assert.deepEqual([webhook?.state, webhook?.attempts, webhook?.nextAttemptAt], ["failed", 8, null]);
    assert.equal((await fixture.queue.depth()).visible, 0);
  });

  it("go to no private address that the operator does not allow", async () => {
    await fixture.start(engine());
    const webhook = fixture.webhook.replace("127.0.0.1", "127.0.0.2");
    await fixture.jobs.submit({ id: "one", model: "scale", inputs, webhook });
    await fixture.workOff();
    assert.match((await fixture.jobs.get("one")).webhook?.error ?? "", /127\.0\.0\.2/);
    assert.equal(fixture.received.length, 0);
  });

  it("are refused where the server has no key to sign with", async () => {
    await fixture.start(engine(), { canSign: false });
    const job = { id: "one", model: "scale", inputs, webhook: fixture.webhook };
    await assert.rejects(fixture.jobs.submit(job), /SKYLOOM_WEBHOOK_SECRET/);
  });
});
