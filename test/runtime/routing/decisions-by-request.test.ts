import assert from "node:assert/strict";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { createDecisionsByRequest } from "../../../runtime/routing/decisions-by-request.ts";
import { temporaryStore } from "../inference/models.ts";

describe("createDecisionsByRequest", () => {
  let store: ObjectStore;
  let remove: () => Promise<void>;
  let time: number;
  beforeEach(async () => {
    ({ store, remove } = await temporaryStore());
    time = Date.now();
  });
  afterEach(() => remove());

  const replica = (of = store, waitSeconds = 0) =>
    createDecisionsByRequest({ store: of, waitSeconds, now: () => time });
  const pages = async () => (await store.list({ prefix: "route-decisions/" })).objects;

  it("finds what another replica wrote, also after that one wrote more, and nothing else", async () => {
    const [first, second] = [replica(), replica()];
    first.remember("a", "decision of a");
    await first.write();
    assert.equal(await second.find("a"), "decision of a");
    assert.equal(await second.find("b"), undefined);
    first.remember("b", "decision of b");
    await first.write();
    assert.equal(await second.find("b"), "decision of b");
    assert.equal((await pages()).length, 1);
  });

  it("finds what a replica decided that is gone", async () => {
    const gone = replica();
    gone.remember("a", "decision");
    await gone.write();
    assert.equal(await replica().find("a"), "decision");
  });

  it("means the last request with an id, whichever replica answered it", async () => {
    const [first, second] = [replica(), replica()];
    first.remember("a", "earlier");
    time += 1;
    second.remember("a", "later");
    await first.write();
    await second.write();
    for (const one of [first, second, replica()]) assert.equal(await one.find("a"), "later");
  });

  it("waits for a replica that has not written yet", async () => {
    const first = replica();
    let looks = 0;
    const late: ObjectStore = {
      ...store,
      async list(options) {
        looks += 1;
        if (looks === 2) await first.write();
        return store.list(options);
      },
    };
    first.remember("a", "decision");
    assert.equal(await replica(late, 0.001).find("a"), "decision");
    assert.equal(looks, 2);
  });

  it("keeps ids of clients out of the bucket", async () => {
    const first = replica();
    first.remember("ada@example.com", "decision");
    await first.write();
    const [page] = await pages();
    const text = Buffer.from((await store.get(page?.key ?? ""))?.body ?? "").toString();
    assert.match(text, /decision/);
    assert.doesNotMatch(text, /ada/);
  });

  it("goes on in a new object where one is full, and keeps all that is new while the bucket takes nothing", async () => {
    let takes = false;
    const failing: ObjectStore = {
      ...store,
      put: (...put) => (takes ? store.put(...put) : Promise.reject(new Error("no"))),
    };
    const first = replica(failing);
    const decision = "d".repeat(1000);
    for (let request = 0; request < 500; request += 1) first.remember(`r${request}`, decision);
    await assert.rejects(first.write(), /no/);
    takes = true;
    await first.write();
    const sizes = (await pages()).map(({ size }) => size);
    assert.ok(sizes.length > 3 && Math.max(...sizes) < 140_000, `${sizes}`);
    const second = replica();
    for (const request of [0, 250, 499]) assert.equal(await second.find(`r${request}`), decision);
  });

  it("goes on where an object of the bucket is no page", async () => {
    const first = replica();
    first.remember("a", "decision");
    await first.write();
    await store.put("route-decisions/other.json", "[[1]]");
    await store.put("route-decisions/text.json", "no JSON");
    assert.equal(await replica().find("a"), "decision");
  });

  it("removes what is older than a day, and only that", async () => {
    const first = replica();
    first.remember("a", "decision");
    await first.write();
    time += 23 * 3600_000;
    await replica().sweep();
    assert.equal((await pages()).length, 1);
    time += 2 * 3600_000;
    await replica().sweep();
    assert.equal((await pages()).length, 0);
  });
});
