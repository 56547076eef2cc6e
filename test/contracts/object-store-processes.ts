import assert from "node:assert/strict";
import type { ContractCase } from "./contract.ts";
import type { ObjectStoreFixture } from "./object-store.ts";
import { numberOf, sharedKey } from "./processes/object-content.ts";
import { startProcess } from "./processes/start.ts";

export const objectStoreProcessCases: ContractCase<ObjectStoreFixture>[] = [
  {
    name: "keeps what it acknowledged to a process that is killed, and shows nothing half-written",
    async run({ store, url }) {
      const writer = startProcess("object-store-writer.ts", [url]);
      await writer.printed(10);
      await writer.kill();
      const acknowledged = writer.lines.length;
      const { objects } = await store.list();
      const keys = objects.map(({ key }) => key);
      for (const number of writer.lines) assert.ok(keys.includes(`written/${number}`));
      // One more write may have been under way.
      assert.ok(keys.length === acknowledged + 1 || keys.length === acknowledged + 2, keys.join());
      for (const { key, size, etag } of objects) {
        const object = await store.get(key);
        assert.deepEqual([object?.size, object?.etag], [size, etag]);
        const number = numberOf(Buffer.from(object?.body ?? []).toString());
        if (key === sharedKey) assert.ok(number === acknowledged || number === acknowledged + 1);
        else assert.equal(key, `written/${number}`);
      }
      // Nobody holds a lock for the dead.
      await store.put(sharedKey, "afterwards");
    },
  },
  {
    name: "loses no update of conditional writers in several processes",
    async run({ store, url }) {
      const counters = [1, 2, 3].map(() => startProcess("object-store-counter.ts", [url, "counter", "15"]));
      assert.deepEqual(await Promise.all(counters.map(({ ended }) => ended)), [0, 0, 0]);
      const written = counters.flatMap(({ lines }) => lines as number[]).sort((one, other) => one - other);
      assert.deepEqual(
        written,
        Array.from({ length: 45 }, (_, index) => index + 1),
      );
      assert.equal(Buffer.from((await store.get("counter"))?.body ?? []).toString(), "45");
    },
  },
];
