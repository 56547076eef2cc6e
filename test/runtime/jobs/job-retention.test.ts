import assert from "node:assert/strict";
import { createJobRepository } from "../../../runtime/jobs/job-repository.ts";
import { createJobRetention } from "../../../runtime/jobs/job-retention.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { row } from "../inference/models.ts";
import { JobFixture, useEngine } from "./job-fixture.ts";

const { inputs } = row(1, 2);
const day = 86_400;

describe("retention of jobs", () => {
  const engine = useEngine();
  let fixture: JobFixture;
  beforeEach(async () => {
    fixture = new JobFixture();
    await fixture.start(engine());
  });
  afterEach(() => fixture.stop());

  function sweep(days = 90, store: ObjectStore = fixture.store): Promise<number | undefined> {
    const records = createJobRepository(store);
    const logger = { info: () => undefined, warn: () => undefined };
    return createJobRetention({ store, records, days, logger, now: () => fixture.time }).sweep();
  }

  const submit = (id: string, more: object = {}) =>
    fixture.jobs.submit({ id, model: "scale", inputs, ...more });
  const keys = async () =>
    (await fixture.store.list()).objects
      .map(({ key }) => key)
      .filter((key) => /^(jobs|jobs-by-time|results)\//.test(key));
  const ids = async () => (await fixture.jobs.list({ pageSize: 10 })).jobs.map(({ id }) => id);

  it("removes what ended too long ago, with its result, and nothing else", async () => {
    await submit("old");
    await submit("a / b");
    await fixture.workOff();
    await submit("cancelled");
    await fixture.jobs.cancel("cancelled");
    await submit("waits");
    fixture.advance(60 * day);
    await submit("new");
    await fixture.workOff();
    fixture.advance(31 * day);
    // It was handled after the others, and ended not long ago.
    assert.equal((await fixture.jobs.get("waits")).state, "succeeded");
    assert.equal(await sweep(), 3);
    assert.deepEqual(await ids(), ["new", "waits"]);
    await assert.rejects(fixture.jobs.get("old"), { code: "job-not-found" });
    await assert.rejects(fixture.jobs.result("a / b"), { code: "result-not-found" });
    assert.ok(await fixture.jobs.result("new"));
    assert.equal((await keys()).length, 6);
  });

  it("keeps a job that has not ended, however old it is", async () => {
    await submit("pending");
    fixture.advance(1000 * day);
    assert.equal(await sweep(), 0);
    assert.deepEqual(await ids(), ["pending"]);
  });

  it("of 0 days keeps all", async () => {
    await submit("old");
    await fixture.workOff();
    fixture.advance(10_000 * day);
    assert.equal(await sweep(0), 0);
    assert.deepEqual(await ids(), ["old"]);
  });

  it("keeps a job while its end is still to be told", async () => {
    fixture.answers = [500];
    await submit("told later", { webhook: fixture.webhook });
    await fixture.workOff();
    fixture.advance(1.5 * day);
    assert.equal(await sweep(1), 0);
    await fixture.workOff();
    assert.equal((await fixture.jobs.get("told later")).webhook?.state, "delivered");
    fixture.advance(3601);
    assert.equal(await sweep(1), 1);
  });

  it("goes on after an interruption", async () => {
    await submit("old");
    await fixture.workOff();
    fixture.advance(91 * day);
    const failing: ObjectStore = {
      ...fixture.store,
      async delete(key) {
        if (key.startsWith("jobs-by-time/")) throw new Error("interrupted");
        await fixture.store.delete(key);
      },
    };
    await assert.rejects(sweep(90, failing), /interrupted/);
    fixture.advance(3601);
    await sweep();
    assert.deepEqual(await keys(), []);
  });

  it("does not make a new job of a dead letter whose job is gone", async () => {
    await submit("old");
    const [message] = await fixture.queue.receive();
    const event = JSON.parse(message?.body ?? "");
    await fixture.jobs.giveUp(event, "crash");
    assert.equal((await fixture.jobs.get("old")).state, "failed");
    fixture.advance(91 * day);
    assert.equal(await sweep(), 1);
    await fixture.jobs.giveUp(event, "crash");
    assert.deepEqual(await ids(), []);
  });

  it("lets the same id be a new job", async () => {
    await submit("again");
    await fixture.workOff();
    fixture.advance(91 * day);
    await sweep();
    assert.equal((await submit("again")).state, "pending");
    await fixture.workOff();
    assert.equal((await fixture.jobs.get("again")).state, "succeeded");
  });
});
