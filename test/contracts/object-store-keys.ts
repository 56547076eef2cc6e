import assert from "node:assert/strict";
import type { ObjectStore } from "../../runtime/object-store/object-store.ts";
import type { ContractCase } from "./contract.ts";
import type { ObjectStoreFixture } from "./object-store.ts";

const invalidKeys = [
  "",
  "/",
  "/absolute",
  "folder/",
  "a//b",
  ".",
  "..",
  "../outside",
  "a/../b",
  "a/./b",
  "a/..",
  "ends.in.a.dot.",
  "folder./a",
  "nul\0",
  "line\nbreak",
  "delete\x7f",
  "back\\slash",
  "half a pair \ud83c",
  "not in form C: e\u0301",
  "s".repeat(256),
  `${"long/".repeat(204)}12345`,
  `${"ü".repeat(100)}/`.repeat(6),
];

const unusualKeys = [
  " ",
  " leading and trailing ",
  ".hidden",
  "..two",
  "%2e%2e%2fencoded",
  "a&b=c?d#e+f:g*h\"i<j>k|l'm",
  "emoji 🌍/世界/é",
  "-rf",
  "~",
  "s".repeat(255),
  `${"long/".repeat(203)}123456789`,
];

/** The first differing character is beyond the basic plane in one: UTF-16 would order them the other way round. */
const orderedKeys = ["!", "a!b", "a-b", "a/a", "a/b/c", "a/b0", "a0", "aa", "b", "é", "\uff01", "🌍"];

const conflict = { name: "ApiError", status: 409, code: "key-conflict" };

async function keysOf(store: ObjectStore, options?: Parameters<ObjectStore["list"]>[0]): Promise<string[]> {
  return (await store.list(options)).objects.map(({ key }) => key);
}

export const objectStoreKeyCases: ContractCase<ObjectStoreFixture>[] = [
  {
    name: "refuses every key that is not allowed, in every method",
    async run({ store, capabilities }) {
      const refused = { name: "ApiError", status: 400, code: "invalid-key" };
      for (const key of [...invalidKeys, ...capabilities.reservedKeys])
        for (const call of [
          () => store.put(key, "x"),
          () => store.get(key),
          () => store.getStream(key),
          () => store.head(key),
          () => store.delete(key),
        ])
          await assert.rejects(call(), refused, JSON.stringify(key));
      assert.deepEqual(await keysOf(store), []);
    },
  },
  {
    name: "takes every key that is allowed, however unusual",
    async run({ store, another }) {
      for (const key of unusualKeys) await store.put(key, `content of ${key}`);
      for (const key of unusualKeys)
        assert.equal(Buffer.from((await another.get(key))?.body ?? []).toString(), `content of ${key}`);
      assert.deepEqual((await keysOf(another)).sort(), [...unusualKeys].sort());
    },
  },
  {
    name: "takes a key beside a folder of the same name",
    needs: "keyMayBeFolder",
    async run({ store }) {
      for (const key of ["a", "b/c", "a/b", "a/b/c", "b"]) await store.put(key, key);
      assert.deepEqual(await keysOf(store), ["a", "a/b", "a/b/c", "b", "b/c"]);
      await store.delete("a");
      assert.deepEqual(await keysOf(store), ["a/b", "a/b/c", "b", "b/c"]);
    },
    async without({ store }) {
      await store.put("a", "1");
      await store.put("b/c", "2");
      for (const key of ["a/b", "a/b/c", "b"]) await assert.rejects(store.put(key, "3"), conflict);
      assert.deepEqual(await keysOf(store), ["a", "b/c"]);
      await store.delete("a");
      await store.put("a/b", "4");
    },
  },
  {
    name: "takes keys that differ in case only",
    needs: "distinguishesCase",
    async run({ store }) {
      await store.put("Folder/Key", "upper");
      await store.put("folder/key", "lower");
      assert.equal(Buffer.from((await store.get("Folder/Key"))?.body ?? []).toString(), "upper");
      assert.equal(await store.get("FOLDER/KEY"), undefined);
    },
    async without({ store }) {
      await store.put("Folder/Key", "upper");
      await assert.rejects(store.put("folder/key", "lower"), conflict);
      assert.equal(Buffer.from((await store.get("Folder/Key"))?.body ?? []).toString(), "upper");
      assert.equal(await store.get("FOLDER/KEY"), undefined);
    },
  },
  {
    name: "lists in the order of the keys' UTF-8 bytes",
    async run({ store, another }) {
      for (const key of [...orderedKeys].reverse()) await store.put(key, key);
      assert.deepEqual(await keysOf(another), orderedKeys);
    },
  },
  {
    name: "lists what begins with the prefix, and nothing else",
    async run({ store }) {
      for (const key of orderedKeys) await store.put(key, key);
      for (const prefix of [
        "a",
        "a/",
        "a/b",
        "a/b/",
        "a/b/c",
        "é",
        "",
        "c",
        "a/b/c/",
        "A",
        "a//",
        "/",
        "../",
        "a/../",
      ])
        assert.deepEqual(
          await keysOf(store, { prefix }),
          orderedKeys.filter((key) => key.startsWith(prefix)),
          `prefix ${JSON.stringify(prefix)}`,
        );
    },
  },
  {
    name: "lists in pages that together hold every key once",
    async run({ store }) {
      for (const key of orderedKeys) await store.put(key, key);
      for (const limit of [1, 2, 5, orderedKeys.length, 1000])
        for (const prefix of ["", "a"]) {
          const expected = orderedKeys.filter((key) => key.startsWith(prefix));
          const pages: string[] = [];
          let startAfter: string | undefined;
          do {
            const page = await store.list({ prefix, limit, ...(startAfter !== undefined && { startAfter }) });
            assert.ok(page.objects.length <= limit);
            pages.push(...page.objects.map(({ key }) => key));
            startAfter = page.nextStartAfter;
          } while (startAfter !== undefined && pages.length <= expected.length);
          assert.deepEqual(pages, expected);
        }
    },
  },
  {
    name: "lists from after any text, a key or not",
    async run({ store }) {
      for (const key of orderedKeys) await store.put(key, key);
      for (const startAfter of ["", "a", "a/", "a/a", "a/b", "a/b/c", "a/z", "a0", "é", "🌍", "🌎"])
        assert.deepEqual(
          await keysOf(store, { startAfter }),
          orderedKeys.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(startAfter)) > 0),
          `startAfter ${JSON.stringify(startAfter)}`,
        );
    },
  },
  {
    name: "refuses list options that are not allowed, all of them at once",
    async run({ store }) {
      for (const limit of [0, 1001, 1.5, Number.NaN])
        await assert.rejects(store.list({ limit }), { status: 400, code: "invalid-list-options" });
      const options = { limit: -1, prefix: 1, startAfter: {} } as unknown as { limit: number };
      await assert.rejects(store.list(options), (error: { problems: { path: string }[] }) => {
        assert.deepEqual(error.problems.map(({ path }) => path).sort(), ["limit", "prefix", "startAfter"]);
        return true;
      });
    },
  },
];
