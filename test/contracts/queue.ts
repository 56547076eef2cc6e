import type { Queue } from "../../runtime/queue/queue.ts";
import { type ContractCase, type ContractFixture, describeContract } from "./contract.ts";
import { queueDeliveryCases } from "./queue-delivery.ts";
import { queueFailureCases } from "./queue-failures.ts";
import { queueProcessCases } from "./queue-processes.ts";

/** What differs between back ends, as data. */
export interface QueueCapabilities {
  /** Does it tell a stale receipt? Where not, a call with one has no effect and no error. */
  refusesStaleReceipts: boolean;
}

export interface QueueFixture extends ContractFixture {
  /** An empty queue. */
  queue: Queue;
  /** Another client of the same queue. */
  another: Queue;
  /** With it other processes open the same queue (create-queue.ts). */
  url: string;
  /** What the queue is set to. */
  maximumDeliveries: number;
  visibilitySeconds: number;
  capabilities: QueueCapabilities;
  /** Lets time pass for the queue, by its clock or by waiting. */
  advance: (seconds: number) => Promise<void>;
}

/** Those that a driver can break by itself; the rest needs other processes. */
export const queueCases: ContractCase<QueueFixture>[] = [...queueDeliveryCases, ...queueFailureCases];

export function describeQueueContract(name: string, createFixture: () => Promise<QueueFixture>): void {
  describeContract(`queue contract: ${name}`, [...queueCases, ...queueProcessCases], createFixture);
}
