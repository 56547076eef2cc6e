import assert from "node:assert/strict";
import type { ContractCase } from "./contract.ts";
import { startProcess } from "./processes/start.ts";
import type { QueueFixture } from "./queue.ts";

export const queueProcessCases: ContractCase<QueueFixture>[] = [
  {
    name: "keeps what it acknowledged to a sender that is killed, and nothing half-written",
    async run({ queue, url }) {
      const sender = startProcess("queue-sender.ts", [url]);
      await sender.printed(40);
      await sender.kill();
      const received = new Set<string>();
      for (let messages = await queue.receive({ maximum: 10 }); messages.length > 0; ) {
        for (const { body } of messages) {
          const { number, padding } = JSON.parse(body) as { number: number; padding: string };
          assert.equal(padding, "x".repeat(number % 5000));
          received.add(body);
        }
        messages = await queue.receive({ maximum: 10 });
      }
      for (const body of sender.lines) assert.ok(received.has(String(body)));
      // One more send may have been under way.
      assert.ok(received.size <= sender.lines.length + 1);
    },
  },
  {
    name: "delivers again what a killed receiver had, when its time is over",
    async run({ queue, url, advance }) {
      for (const body of ["1", "2"]) await queue.send(body);
      const receiver = startProcess("queue-receiver.ts", [url, "10", "hold"]);
      await receiver.printed(2);
      await receiver.kill();
      assert.deepEqual(await queue.receive({ maximum: 10 }), []);
      await advance(11);
      const again = [...(await queue.receive({ maximum: 1 })), ...(await queue.receive({ maximum: 1 }))];
      assert.deepEqual(
        again.map(({ deliveryCount }) => deliveryCount),
        [2, 2],
      );
    },
  },
  {
    name: "delivers nothing twice to processes that receive at the same time",
    async run({ queue, url }) {
      const receivers = [1, 2, 3].map(() => startProcess("queue-receiver.ts", [url, "60", "delete"]));
      const sender = startProcess("queue-sender.ts", [url, "150"]);
      assert.equal(await sender.ended, 0);
      assert.deepEqual(await Promise.all(receivers.map(({ ended }) => ended)), [0, 0, 0]);
      const received = receivers
        .flatMap(({ lines }) => lines)
        .concat((await receiveAll(queue)).map(({ body }) => body));
      assert.deepEqual(received.sort(), [...sender.lines].sort());
    },
  },
];

/** What came after the receivers had found nothing for a second. */
async function receiveAll(queue: QueueFixture["queue"]) {
  const all = [];
  for (let messages = await queue.receive({ maximum: 10 }); messages.length > 0; ) {
    all.push(...messages);
    messages = await queue.receive({ maximum: 10 });
  }
  return all;
}
