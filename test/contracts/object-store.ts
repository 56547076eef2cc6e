import type { ObjectStore } from "../../runtime/object-store/object-store.ts";
import {
  type Capability,
  type ContractCase,
  type ContractDriver,
  type ContractFixture,
  describeContract,
} from "./contract.ts";
import type { Faults } from "./faults.ts";
import { objectStoreConditionCases } from "./object-store-conditions.ts";
import { objectStoreContentCases } from "./object-store-content.ts";
import { objectStoreKeyCases } from "./object-store-keys.ts";
import { objectStoreProcessCases } from "./object-store-processes.ts";
import { objectStoreRemoteCases } from "./object-store-remote.ts";

/** What differs between back ends, as data. */
export interface ObjectStoreCapabilities {
  /** May `a` and `a/b` both be objects? Where not, the second is refused with `key-conflict`. */
  keyMayBeFolder: Capability;
  /** Are `a` and `A` two objects? Where not, the second is refused with `key-conflict`. */
  distinguishesCase: Capability;
  /** Keys that this back end refuses beyond those that every back end does. */
  reservedKeys: string[];
}

export interface ObjectStoreFixture extends ContractFixture {
  /** An empty bucket. */
  store: ObjectStore;
  /** Another client of the same bucket. */
  another: ObjectStore;
  /** With it other processes open the same bucket (create-object-store.ts). */
  url: string;
  capabilities: ObjectStoreCapabilities;
}

/** A bucket that is reached over a network. */
export interface RemoteObjectStoreFixture extends ObjectStoreFixture {
  /** A client of the same bucket, on a way that can be broken. */
  behindFaults: ObjectStore;
  faults: Faults;
  /** A client of a bucket that is not there. */
  missing: ObjectStore;
}

/** Those that a driver can break by itself; the rest needs other processes. */
export const objectStoreCases: ContractCase<ObjectStoreFixture>[] = [
  ...objectStoreContentCases,
  ...objectStoreConditionCases,
  ...objectStoreKeyCases,
];

export function describeObjectStoreContract(driver: ContractDriver<ObjectStoreFixture>): void {
  describeContract("object store", [...objectStoreCases, ...objectStoreProcessCases], driver);
}

/** What every driver promises, and what only one that is reached over a network can break. */
export function describeRemoteObjectStoreContract(driver: ContractDriver<RemoteObjectStoreFixture>): void {
  describeContract(
    "object store",
    [...objectStoreCases, ...objectStoreProcessCases, ...objectStoreRemoteCases],
    driver,
  );
}
