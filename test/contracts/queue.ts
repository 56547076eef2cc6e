import type { Queue } from "../../runtime/queue/queue.ts";
import {
  type Capability,
  type ContractCase,
  type ContractDriver,
  type ContractFixture,
  describeContract,
} from "./contract.ts";
import type { Faults } from "./faults.ts";
import { queueDeliveryCases } from "./queue-delivery.ts";
import { queueFailureCases } from "./queue-failures.ts";
import { queueProcessCases } from "./queue-processes.ts";
import { queueRemoteCases } from "./queue-remote.ts";

/** What differs between back ends, as data. */
export interface QueueCapabilities {
  /** May a receipt be used after its time, while nobody else has the message? Where not, it is `receipt-stale`. */
  keepsLateReceipts: Capability;
  /** Does `depth` count a message that was released with a delay as visible? Where not, as in flight. */
  countsReleasedAsVisible: Capability;
  /** Does `depth` count a message that was sent with a delay as visible? Where not, as in flight. */
  countsDelayedAsVisible: Capability;
  /** Does `depth` tell what is in flight from what is visible? Where not, all counts as visible. */
  countsInFlight: Capability;
  /** May a message be sent with a delay? Where not, `maximumDelaySeconds` is 0. */
  delaysMessages: Capability;
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

/** A queue that is reached over a network. */
export interface RemoteQueueFixture extends QueueFixture {
  /** A client of the same queue, on a way that can be broken. */
  behindFaults: Queue;
  faults: Faults;
  /** A client of a queue that is not there. */
  missing: Queue;
}

/** Those that a driver can break by itself; the rest needs other processes. */
export const queueCases: ContractCase<QueueFixture>[] = [...queueDeliveryCases, ...queueFailureCases];

export function describeQueueContract(driver: ContractDriver<QueueFixture>): void {
  describeContract("queue", [...queueCases, ...queueProcessCases], driver);
}

/** What every driver promises, and what only one that is reached over a network can break. */
export function describeRemoteQueueContract(driver: ContractDriver<RemoteQueueFixture>): void {
  describeContract("queue", [...queueCases, ...queueProcessCases, ...queueRemoteCases], driver);
}
