import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInference } from "../../../runtime/inference/engine.ts";
import type { Inference } from "../../../runtime/inference/inference.ts";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { createJobs, type Jobs } from "../../../runtime/jobs/create-jobs.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { createOutbound } from "../../../runtime/outbound/create-outbound.ts";
import type { Outbound } from "../../../runtime/outbound/outbound.ts";
import { readEvent, withLargeMessages } from "../../../runtime/queue/large-messages.ts";
import { createLocalQueue } from "../../../runtime/queue/local.ts";
import type { Queue } from "../../../runtime/queue/queue.ts";
import { scaleModel, temporaryStore } from "../inference/models.ts";

/** What a webhook's receiver got. */
export interface Received {
  headers: Record<string, string>;
  body: string;
}

export const webhookKey = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;

/** An engine that serves the model `scale`, y = 2 x, for all tests of a describe block. */
export function useEngine(): () => Inference {
  let inference: Inference;
  let remove: () => Promise<void>;
  before(async () => {
    const repository = await temporaryStore();
    remove = repository.remove;
    await publishModel(repository.store, scaleModel(2));
    inference = createInference({ store: repository.store, workers: 1, pointerCheckSeconds: 3600 });
    await inference.ready("scale");
  });
  after(async () => {
    await inference.close();
    await remove();
  });
  return () => inference;
}

/** Jobs on a real engine, a bucket in a folder and a queue whose clock is the jobs' own. */
export class JobFixture {
  store!: ObjectStore;
  queue!: Queue;
  jobs!: Jobs["jobs"];
  handlers!: Jobs["handlers"];
  time = Date.parse("2026-03-01T12:00:00Z");
  /** Thrown by the next inference instead of an answer. */
  nextFailure: Error | undefined;
  /** What the receiver answers; 200 where it is empty. */
  answers: number[] = [];
  received: Received[] = [];
  private work!: Jobs;
  private outbound!: Outbound;
  private receiver!: Server;
  private removeStore!: () => Promise<void>;

  async start(inference: Inference, { canSign = true }: { canSign?: boolean } = {}): Promise<void> {
    const { store, folder, remove } = await temporaryStore();
    this.store = store;
    this.removeStore = remove;
    const now = () => this.time;
    const settings = { maximumDeliveries: 3, visibilitySeconds: 30 };
    const queue = createLocalQueue({ file: join(folder, "queue.db"), settings, now });
    this.queue = withLargeMessages({ queue, store });
    this.outbound = createOutbound({ allowPrivateAddresses: ["127.0.0.1"] });
    this.receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const headers = request.headers as Record<string, string>;
      this.received.push({ headers, body: Buffer.concat(chunks).toString("utf8") });
      response.writeHead(this.answers.shift() ?? 200).end();
    });
    await new Promise<void>((resolve) => this.receiver.listen(0, "127.0.0.1", resolve));
    this.work = createJobs({
      store,
      queue: this.queue,
      inference: {
        metadata: inference.metadata,
        infer: async (...request) => {
          const failure = this.nextFailure;
          this.nextFailure = undefined;
          if (failure !== undefined) throw failure;
          return inference.infer(...request);
        },
      },
      outbound: this.outbound,
      secrets: { get: async () => webhookKey },
      webhookSecret: canSign ? "webhook-key" : undefined,
      retentionDays: 90,
      logger: { info: () => undefined, warn: () => undefined },
      now,
    });
    ({ jobs: this.jobs, handlers: this.handlers } = this.work);
  }

  get webhook(): string {
    return `http://127.0.0.1:${(this.receiver.address() as AddressInfo).port}/end`;
  }

  /** Handles all messages that are due now, as the consumer does; those that fail are due a second later. */
  async workOff(): Promise<void> {
    for (;;) {
      const [message] = await this.queue.receive();
      if (message === undefined) return;
      const event = await readEvent(this.store, message);
      try {
        if (event !== undefined) await this.handlers.get(event.type)?.(event, new AbortController().signal);
        await this.queue.delete(message.receipt);
      } catch (error) {
        const reason = (error as Error).message;
        await this.queue.release(message.receipt, { reason, delaySeconds: 1 });
      }
    }
  }

  advance(seconds: number): void {
    this.time += seconds * 1000;
  }

  async stop(): Promise<void> {
    this.work.stop();
    this.receiver.closeAllConnections();
    await new Promise((resolve) => this.receiver.close(resolve));
    await this.outbound.close();
    await this.queue.close();
    await this.removeStore();
  }
}
