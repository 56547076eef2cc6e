import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { ContractCase } from "./contract.ts";
import type { ObjectStoreFixture } from "./object-store.ts";

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);

export const objectStoreContentCases: ContractCase<ObjectStoreFixture>[] = [
  {
    name: "gives back the bytes that were put",
    async run({ store, another }) {
      await store.put("folder/object.bin", everyByte);
      for (const client of [store, another])
        assert.deepEqual(
          Buffer.from((await client.get("folder/object.bin"))?.body ?? []),
          Buffer.from(everyByte),
        );
    },
  },
  {
    name: "stores text as UTF-8",
    async run({ store }) {
      await store.put("text", "Grüße, 世界 🌍\n");
      assert.deepEqual(
        Buffer.from((await store.get("text"))?.body ?? []),
        Buffer.from("Grüße, 世界 🌍\n", "utf8"),
      );
    },
  },
  {
    name: "stores an object without content",
    async run({ store }) {
      const info = await store.put("empty", "");
      assert.equal(info.size, 0);
      assert.equal((await store.get("empty"))?.body.length, 0);
      assert.equal((await store.list()).objects.length, 1);
    },
  },
  {
    name: "takes and gives streams",
    async run({ store }) {
      const parts = Array.from({ length: 40 }, (_, index) => Buffer.alloc(50_000, index));
      const info = await store.put("streamed", Readable.from(parts));
      assert.equal(info.size, 2_000_000);
      const streamed = await store.getStream("streamed");
      assert.ok(streamed);
      assert.ok((await buffer(streamed.body)).equals(Buffer.concat(parts)));
      assert.ok(Buffer.from((await store.get("streamed"))?.body ?? []).equals(Buffer.concat(parts)));
    },
  },
  {
    name: "tells key, size, etag and time, the same ones everywhere",
    async run({ store, another }) {
      const before = Date.now();
      const put = await store.put("a/b", "content");
      assert.ok(put.etag.length > 0);
      const info = await another.head("a/b");
      assert.ok(info);
      const { lastModified, ...rest } = info;
      assert.deepEqual(rest, { key: "a/b", size: 7, etag: put.etag });
      assert.deepEqual([put.key, put.size], ["a/b", 7]);
      assert.ok(Math.abs(lastModified.getTime() - before) < 60_000);
      const { body: _, ...got } = (await another.get("a/b")) ?? {};
      assert.deepEqual(got, info);
      const { body, ...streamed } = (await another.getStream("a/b")) ?? {};
      body?.destroy();
      assert.deepEqual(streamed, info);
      assert.deepEqual(await another.list(), { objects: [info], nextStartAfter: undefined });
    },
  },
  {
    name: "replaces the content, and changes the etag with it",
    async run({ store, another }) {
      const etags = new Set<string | undefined>();
      for (const content of ["one", "two", "six", "longer than the others"]) {
        etags.add((await store.put("key", content)).etag);
        assert.equal(Buffer.from((await another.get("key"))?.body ?? []).toString(), content);
        etags.add((await another.head("key"))?.etag);
      }
      assert.equal(etags.size, 4);
    },
  },
  {
    name: "answers undefined for what is not there",
    async run({ store }) {
      await store.put("there/is", "x");
      for (const key of ["missing", "there/is-not", "there/is/not", "there"]) {
        assert.equal(await store.get(key), undefined);
        assert.equal(await store.getStream(key), undefined);
        assert.equal(await store.head(key), undefined);
      }
    },
  },
  {
    name: "deletes, and takes the deletion of what is not there",
    async run({ store, another }) {
      await store.put("a/b/c", "x");
      await store.put("a/d", "y");
      await store.delete("a/b/c");
      await store.delete("a/b/c");
      await store.delete("a");
      assert.equal(await another.get("a/b/c"), undefined);
      assert.equal(await another.head("a/b/c"), undefined);
      assert.deepEqual(
        (await another.list()).objects.map(({ key }) => key),
        ["a/d"],
      );
      await store.put("a/b/c", "again");
      assert.equal(Buffer.from((await another.get("a/b/c"))?.body ?? []).toString(), "again");
    },
  },
  {
    name: "leaves the old content where a stream fails",
    async run({ store }) {
      await store.put("key", "old");
      const failing = () =>
        Readable.from(
          (async function* () {
            yield "new, but only the begi";
            throw new Error("the source broke");
          })(),
        );
      await assert.rejects(store.put("key", failing()), /the source broke/);
      await assert.rejects(store.put("other", failing()), /the source broke/);
      assert.equal(Buffer.from((await store.get("key"))?.body ?? []).toString(), "old");
      assert.deepEqual(
        (await store.list()).objects.map(({ key }) => key),
        ["key"],
      );
    },
  },
  {
    name: "shows a reader whole contents only, while they are replaced",
    async run({ store, another }) {
      const contents = ["a", "b"].map((letter) => letter.repeat(300_000));
      // Back ends differ in whether a content that is written again has its old etag.
      const etags = new Map<string, string>();
      const write = async (content: string) => etags.set((await store.put("key", content)).etag, content);
      for (const content of contents) await write(content);
      const seen: { etag: string; content: string }[] = [];
      let isWriting = true;
      const writing = (async () => {
        for (let time = 0; time < 30; time += 1) await write(contents[time % 2] ?? "");
        isWriting = false;
      })();
      while (isWriting) {
        const { body, etag } = (await another.get("key")) ?? { body: [], etag: "" };
        seen.push({ etag, content: Buffer.from(body).toString() });
      }
      await writing;
      for (const { etag, content } of seen) assert.ok(content === etags.get(etag), etag);
    },
  },
];
