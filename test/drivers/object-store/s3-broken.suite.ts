import { Readable } from "node:stream";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { supported } from "../../contracts/contract.ts";
import type { RemoteObjectStoreFixture } from "../../contracts/object-store.ts";
import { objectStoreRemoteCases } from "../../contracts/object-store-remote.ts";
import { noticesBrokenDrivers, translatesNothing } from "../broken.ts";
import { createS3Fixture } from "./s3-fixture.ts";

/** The two that take a minute each are left out. */
const cases = objectStoreRemoteCases.filter(({ timeout = 0 }) => timeout < 300_000);

type Break = (store: ObjectStore) => Partial<ObjectStore>;

/** Drivers with one fault each on a way that breaks; a contract that passes one of them promises nothing. */
const brokenDrivers: { [fault: string]: Break } = {
  "errors are the SDK's own": translatesNothing,
  "get takes a failure for a missing object": (store) => ({
    get: (key) => store.get(key).catch(() => undefined),
  }),
  "list takes a failure for an empty bucket": (store) => ({
    list: (options) => store.list(options).catch(() => ({ objects: [], nextStartAfter: undefined })),
  }),
  "delete takes a failure for done": (store) => ({
    delete: (key) => store.delete(key).catch(() => undefined),
  }),
  "getStream ends early without an error": (store) => ({
    async getStream(key) {
      const object = await store.getStream(key);
      if (object === undefined) return undefined;
      const { body } = object;
      const cut = async function* () {
        try {
          yield* body;
        } catch {
          // The fault.
        }
      };
      return { ...object, body: Readable.from(cut()) };
    },
  }),
  "put takes every refused condition for done": (store) => ({
    put: (key, body, conditions) =>
      store.put(key, body, conditions).catch((error) => {
        if (error.code !== "precondition-failed") throw error;
        return { key, size: 0, etag: "0" };
      }),
  }),
};

async function createBroken(breakDriver: Break): Promise<RemoteObjectStoreFixture> {
  const fixture = await createS3Fixture();
  const broken = (store: ObjectStore) => ({ ...store, ...breakDriver(store) });
  return {
    ...fixture,
    capabilities: { keyMayBeFolder: supported, distinguishesCase: supported, reservedKeys: [] },
    behindFaults: broken(fixture.behindFaults),
    missing: broken(fixture.missing),
  };
}

noticesBrokenDrivers("object store", { cases, brokenDrivers, createBroken });
