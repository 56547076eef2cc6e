import assert from "node:assert/strict";
import { Readable } from "node:stream";
import type { ObjectInfo, ObjectStore } from "../../runtime/object-store/object-store.ts";
import { createLocalFixture } from "../runtime/object-store/local-fixture.ts";
import { firstFailedCase } from "./contract.ts";
import { objectStoreCases } from "./object-store.ts";

type Break = (store: ObjectStore) => Partial<ObjectStore>;

const withInfo = (change: (info: ObjectInfo) => Partial<ObjectInfo>) => (info: ObjectInfo) => ({
  ...info,
  ...change(info),
});

/** Drivers with one fault each; a contract that passes one of them promises nothing. */
const brokenDrivers: { [fault: string]: Break } = {
  "get finds nothing": () => ({ get: async () => undefined }),
  "get cuts the content": (store) => ({
    async get(key) {
      const object = await store.get(key);
      return object && { ...object, body: object.body.subarray(0, object.body.length - 1) };
    },
  }),
  "get takes a key that is not allowed": (store) => ({
    get: (key) => store.get(key).catch(() => undefined),
  }),
  "getStream finds nothing": () => ({ getStream: async () => undefined }),
  "getStream gives no content": (store) => ({
    async getStream(key) {
      const object = await store.getStream(key);
      object?.body.destroy();
      return object && { ...object, body: Readable.from([]) };
    },
  }),
  "head finds nothing": () => ({ head: async () => undefined }),
  "head finds what is not there": (store) => ({
    head: async (key) => (await store.head(key)) ?? { key, size: 0, etag: "0", lastModified: new Date() },
  }),
  "head tells another etag": (store) => ({
    async head(key) {
      const info = await store.head(key);
      return info && withInfo(({ etag }) => ({ etag: `W/${etag}` }))(info);
    },
  }),
  "put writes nothing": (store) => ({
    async put(key, body) {
      if (body instanceof Readable) body.destroy();
      return (await store.head(key)) ?? { key, size: 0, etag: "0", lastModified: new Date() };
    },
  }),
  "put keeps the first content": (store) => ({
    put: async (key, body, conditions) => (await store.head(key)) ?? store.put(key, body, conditions),
  }),
  "put ignores its conditions": (store) => ({ put: (key, body) => store.put(key, body) }),
  "put ignores ifMatch": (store) => ({
    put: (key, body, { ifNoneMatch } = {}) => store.put(key, body, ifNoneMatch ? { ifNoneMatch } : {}),
  }),
  "put ignores ifNoneMatch": (store) => ({
    put: (key, body, { ifMatch } = {}) => store.put(key, body, ifMatch ? { ifMatch } : {}),
  }),
  "put checks its conditions first and writes later": (store) => ({
    async put(key, body, conditions = {}) {
      const current = await store.head(key);
      const isRefused =
        (conditions.ifNoneMatch !== undefined && current !== undefined) ||
        (conditions.ifMatch !== undefined && conditions.ifMatch !== current?.etag);
      return store.put(key, body, isRefused ? conditions : {});
    },
  }),
  "put deletes before it writes": (store) => ({
    async put(key, body, conditions) {
      if (conditions === undefined) await store.delete(key);
      return store.put(key, body, conditions);
    },
  }),
  "head tells the time of 1970": (store) => ({
    async head(key) {
      const info = await store.head(key);
      return info && withInfo(() => ({ lastModified: new Date(0) }))(info);
    },
  }),
  "list tells no times": (store) => ({
    async list(options) {
      const { objects, nextStartAfter } = await store.list(options);
      return { objects: objects.map(withInfo(() => ({ lastModified: new Date(0) }))), nextStartAfter };
    },
  }),
  "put stores text as Latin-1": (store) => ({
    put: (key, body, conditions) =>
      store.put(key, typeof body === "string" ? Buffer.from(body, "latin1") : body, conditions),
  }),
  "put keeps the beginning of a stream that fails": (store) => ({
    async put(key, body, conditions) {
      if (!(body instanceof Readable)) return store.put(key, body, conditions);
      const parts: Uint8Array[] = [];
      let failure: unknown;
      try {
        for await (const part of body) parts.push(Buffer.from(part));
      } catch (error) {
        failure = error;
      }
      const info = await store.put(key, Buffer.concat(parts), conditions);
      if (failure !== undefined) throw failure;
      return info;
    },
  }),
  "delete deletes nothing": () => ({ delete: async () => undefined }),
  "delete fails where nothing is": (store) => ({
    async delete(key) {
      if ((await store.head(key)) === undefined) throw new Error("not found");
      await store.delete(key);
    },
  }),
  "list finds nothing": () => ({ list: async () => ({ objects: [], nextStartAfter: undefined }) }),
  "list ignores the prefix": (store) => ({ list: ({ prefix: _, ...options } = {}) => store.list(options) }),
  "list ignores startAfter": (store) => ({
    list: ({ startAfter: _, ...options } = {}) => store.list(options),
  }),
  "list ignores the limit": (store) => ({ list: ({ limit: _, ...options } = {}) => store.list(options) }),
  "list gives one page only": (store) => ({
    list: async (options) => ({ ...(await store.list(options)), nextStartAfter: undefined }),
  }),
  "list sorts by UTF-16": (store) => ({
    async list(options) {
      const { objects, nextStartAfter } = await store.list(options);
      return { objects: objects.sort((one, other) => (one.key < other.key ? -1 : 1)), nextStartAfter };
    },
  }),
};

describe("object store contract", () => {
  for (const [fault, breakDriver] of Object.entries(brokenDrivers))
    it(`does not pass a driver whose ${fault}`, async () => {
      const failed = await firstFailedCase(objectStoreCases, async () => {
        const fixture = await createLocalFixture();
        return {
          ...fixture,
          store: { ...fixture.store, ...breakDriver(fixture.store) },
          another: { ...fixture.another, ...breakDriver(fixture.another) },
        };
      });
      assert.notEqual(failed, undefined);
    });
});
