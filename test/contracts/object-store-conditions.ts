import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { ApiError } from "../../runtime/errors.ts";
import type { ObjectStore } from "../../runtime/object-store/object-store.ts";
import type { ContractCase } from "./contract.ts";
import type { ObjectStoreFixture } from "./object-store.ts";

const failed = { name: "ApiError", status: 412, code: "precondition-failed" };

async function text(store: ObjectStore, key: string): Promise<string | undefined> {
  const object = await store.get(key);
  return object && Buffer.from(object.body).toString();
}

export const objectStoreConditionCases: ContractCase<ObjectStoreFixture>[] = [
  {
    name: "writes with ifNoneMatch only where nothing is",
    async run({ store, another }) {
      await store.put("key", "first", { ifNoneMatch: "*" });
      await assert.rejects(another.put("key", "second", { ifNoneMatch: "*" }), failed);
      assert.equal(await text(store, "key"), "first");
      await store.delete("key");
      await another.put("key", "third", { ifNoneMatch: "*" });
      assert.equal(await text(store, "key"), "third");
    },
  },
  {
    name: "writes with ifMatch only over the content with that etag",
    async run({ store, another }) {
      const { etag: first } = await store.put("key", "first");
      const { etag: second } = await another.put("key", "second", { ifMatch: first });
      await assert.rejects(store.put("key", "third", { ifMatch: first }), failed);
      assert.equal(await text(store, "key"), "second");
      await store.put("key", "third", { ifMatch: second });
      await assert.rejects(store.put("other", "x", { ifMatch: second }), failed);
      assert.equal(await store.head("other"), undefined);
    },
  },
  {
    name: "lets one of many concurrent creators win",
    async run({ store, another }) {
      const attempts = await Promise.allSettled(
        Array.from({ length: 16 }, (_, index) =>
          (index % 2 ? store : another).put("key", `from ${index}`, { ifNoneMatch: "*" }),
        ),
      );
      const winners = attempts.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
      assert.equal(winners.length, 1);
      assert.equal(await text(store, "key"), `from ${winners[0]}`);
    },
  },
  {
    name: "loses no update of concurrent conditional writers",
    async run({ store, another }) {
      await store.put("counter", "0");
      await Promise.all([store, another, store].map((client) => count(client, 8)));
      assert.equal(await text(store, "counter"), "24");
    },
  },
  {
    name: "refuses conditions that it does not know, before it reads the body",
    async run({ store }) {
      const invalid = { name: "ApiError", status: 400, code: "invalid-put-conditions" };
      await store.put("key", "old");
      const both = { ifMatch: "x", ifNoneMatch: "*" } as const;
      for (const conditions of [both, { ifMatch: "" }, { ifNoneMatch: "y" as "*" }])
        await assert.rejects(store.put("key", "new", conditions), invalid);
      assert.equal(await text(store, "key"), "old");
    },
  },
  {
    name: "destroys the stream of a write that it refuses",
    async run({ store }) {
      await store.put("key", "old");
      for (const attempt of [
        (body: Readable) => store.put("key", body, { ifNoneMatch: "*" }),
        (body: Readable) => store.put("../key", body),
      ]) {
        const body = Readable.from(["new"]);
        await assert.rejects(attempt(body), ApiError);
        assert.equal(body.destroyed, true);
      }
    },
  },
];

async function count(store: ObjectStore, times: number): Promise<void> {
  for (let written = 0; written < times; ) {
    const current = await store.get("counter");
    assert.ok(current);
    const next = String(Number(Buffer.from(current.body).toString()) + 1);
    try {
      await store.put("counter", next, { ifMatch: current.etag });
      written += 1;
    } catch (error) {
      if (!(error instanceof ApiError && error.code === failed.code)) throw error;
    }
  }
}
