import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { ObjectStore } from "../../runtime/object-store/object-store.ts";
import type { ContractCase } from "./contract.ts";
import type { RemoteObjectStoreFixture } from "./object-store.ts";
import { startProcess } from "./processes/start.ts";

const unavailable = { name: "ApiError", status: 503, code: "bucket-unavailable", isRetryable: true };
const denied = { name: "ApiError", status: 503, code: "bucket-access-denied" };

async function text(store: ObjectStore, key: string): Promise<string | undefined> {
  const object = await store.get(key);
  return object && Buffer.from(object.body).toString();
}

const everyMethod = (store: ObjectStore): { [name: string]: () => Promise<unknown> } => ({
  put: () => store.put("key", "new"),
  "put of a stream": () => store.put("streamed", Readable.from(["new"])),
  get: () => store.get("key"),
  getStream: async () => (await store.getStream("key"))?.body.destroy(),
  head: () => store.head("key"),
  list: () => store.list(),
  delete: () => store.delete("other"),
});

export const objectStoreRemoteCases: ContractCase<RemoteObjectStoreFixture>[] = [
  {
    name: "rides out a connection that breaks",
    async run({ behindFaults, faults }) {
      await behindFaults.put("key", "old");
      for (const [method, call] of Object.entries(everyMethod(behindFaults)))
        if (method !== "put of a stream") {
          faults.cutConnections(1);
          await assert.doesNotReject(call(), method);
        }
      assert.equal(await text(behindFaults, "key"), "new");
    },
  },
  {
    name: "tells that it is unavailable while every connection breaks, and works again afterwards",
    timeout: 180_000,
    async run({ store, behindFaults, faults }) {
      await store.put("key", "old");
      faults.cutConnections(Number.POSITIVE_INFINITY);
      const calls = Object.entries(everyMethod(behindFaults));
      await Promise.all(calls.map(([method, call]) => assert.rejects(call(), unavailable, method)));
      faults.heal();
      assert.equal(await text(behindFaults, "key"), "old");
    },
  },
  {
    name: "rides out throttling for a while, and tells that it is unavailable when it goes on",
    timeout: 180_000,
    async run({ behindFaults, faults }) {
      faults.throttle(2);
      await behindFaults.put("key", "content");
      assert.equal(faults.requests(), 3);
      faults.throttle(Number.POSITIVE_INFINITY);
      const calls = Object.entries(everyMethod(behindFaults));
      await Promise.all(calls.map(([method, call]) => assert.rejects(call(), unavailable, method)));
      faults.heal();
      assert.equal(await text(behindFaults, "key"), "content");
    },
  },
  {
    name: "tells that its credentials have expired, and works again with fresh ones",
    async run({ store, behindFaults, faults }) {
      await store.put("key", "old");
      faults.expireCredentials(Number.POSITIVE_INFINITY);
      // The answer to a HEAD has no room for the reason.
      for (const [method, call] of Object.entries(everyMethod(behindFaults)))
        await assert.rejects(call(), { ...denied, ...(method !== "head" && { isRetryable: true }) }, method);
      faults.heal();
      assert.equal(await text(behindFaults, "key"), "old");
    },
  },
  {
    name: "never takes the beginning of a content for the whole",
    async run({ store, behindFaults, faults }) {
      const content = Buffer.alloc(3_000_000, "content");
      await store.put("key", content);
      faults.cutContents(1);
      const stream = await behindFaults.getStream("key");
      const streamed = stream && (await buffer(stream.body).catch(() => undefined));
      assert.ok(streamed === undefined || streamed.equals(content));
      faults.cutContents(1);
      const got = await behindFaults.get("key").catch((error) => {
        assert.equal(error.code, unavailable.code);
      });
      assert.ok(got === undefined || Buffer.from(got.body).equals(content));
    },
  },
  {
    name: "tells a conditional write as done when only its answer was lost",
    async run({ store, behindFaults, faults }) {
      faults.loseAnswers(1);
      const created = await behindFaults.put("key", "first", { ifNoneMatch: "*" });
      assert.equal(created.etag, (await store.head("key"))?.etag);
      faults.loseAnswers(1);
      const { etag } = await behindFaults.put("key", "second", { ifMatch: created.etag });
      assert.equal(etag, (await store.head("key"))?.etag);
      assert.equal(await text(store, "key"), "second");
      faults.cutConnections(1);
      const refused = { status: 412, code: "precondition-failed" };
      await assert.rejects(behindFaults.put("key", "third", { ifNoneMatch: "*" }), refused);
      faults.cutConnections(1);
      await assert.rejects(behindFaults.put("key", "third", { ifMatch: created.etag }), refused);
      assert.equal(await text(store, "key"), "second");
    },
  },
  {
    name: "tells of a bucket that is not there",
    async run({ missing }) {
      const refused = { name: "ApiError", status: 503, code: "bucket-not-found", isRetryable: false };
      for (const call of [
        () => missing.put("key", "content"),
        () => missing.list(),
        () => missing.put("key", Readable.from(["content"])),
      ])
        await assert.rejects(call(), refused);
    },
  },
  {
    name: "lists 10,000 keys, each once and in order",
    timeout: 900_000,
    async run({ store, another }) {
      const keys = Array.from({ length: 10_000 }, (_, index) => `many/${String(index).padStart(5, "0")}`);
      let next = 0;
      const write = async () => {
        while (next < keys.length) await store.put(String(keys[next++]), "");
      };
      await Promise.all(Array.from({ length: 16 }, write));
      const listed: string[] = [];
      let startAfter: string | undefined;
      do {
        const page = await another.list({ prefix: "many/", ...(startAfter && { startAfter }) });
        assert.ok(page.objects.length <= 1000);
        listed.push(...page.objects.map(({ key }) => key));
        startAfter = page.nextStartAfter;
      } while (startAfter !== undefined && listed.length <= keys.length);
      assert.deepEqual(listed, keys);
    },
  },
  {
    name: "streams an object of 1 GiB in and out within 256 MiB of memory",
    timeout: 900_000,
    async run({ url }) {
      const streamer = startProcess("object-store-streamer.ts", [url, "1024"]);
      assert.equal(await streamer.ended, 0);
      const [{ bytes, grownMebibytes }] = streamer.lines as [{ bytes: number; grownMebibytes: number }];
      assert.equal(bytes, 2 ** 30);
      assert.ok(grownMebibytes < 256, `it took ${grownMebibytes} MiB`);
    },
  },
];
