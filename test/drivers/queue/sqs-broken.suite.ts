import type { Queue } from "../../../runtime/queue/queue.ts";
import type { RemoteQueueFixture } from "../../contracts/queue.ts";
import { queueRemoteCases } from "../../contracts/queue-remote.ts";
import { noticesBrokenDrivers, translatesNothing } from "../broken.ts";
import { createSqsFixture, sqsCapabilities } from "./sqs-fixture.ts";

type Break = (queue: Queue) => Partial<Queue>;

/** Drivers with one fault each on a way that breaks; a contract that passes one of them promises nothing. */
const brokenDrivers: { [fault: string]: Break } = {
  "errors are the SDK's own": translatesNothing,
  "send takes a failure for done": (queue) => ({
    send: (body, options) => queue.send(body, options).catch(() => ({ id: "1" })),
  }),
  "receive takes a failure for an empty queue": (queue) => ({
    receive: (options) => queue.receive(options).catch(() => []),
  }),
  "delete takes a failure for done": (queue) => ({
    delete: (receipt) => queue.delete(receipt).catch(() => undefined),
  }),
  "extend takes a failure for done": (queue) => ({
    extend: (receipt, seconds) => queue.extend(receipt, seconds).catch(() => undefined),
  }),
  "receive deletes before it answers": (queue) => ({
    async receive(options) {
      const messages = await queue.receive(options);
      for (const { receipt } of messages) await queue.delete(receipt);
      return messages;
    },
  }),
  "depth takes a failure for an empty queue": (queue) => ({
    depth: () => queue.depth().catch(() => ({ visible: 0, inFlight: 0, deadLettered: 0 })),
  }),
  "deadLetters takes a failure for none": (queue) => ({
    deadLetters: (options) => queue.deadLetters(options).catch(() => []),
  }),
};

async function createBroken(breakDriver: Break): Promise<RemoteQueueFixture> {
  const fixture = await createSqsFixture();
  const broken = (queue: Queue) => ({ ...queue, ...breakDriver(queue) });
  return {
    ...fixture,
    capabilities: sqsCapabilities,
    behindFaults: broken(fixture.behindFaults),
    missing: broken(fixture.missing),
  };
}

noticesBrokenDrivers("queue", { cases: queueRemoteCases, brokenDrivers, createBroken });
