import type { ObjectStore } from "../../runtime/object-store/object-store.ts";
import {
  type Capability,
  type ContractCase,
  type ContractDriver,
  type ContractFixture,
  describeContract,
} from "./contract.ts";
import { objectStoreConditionCases } from "./object-store-conditions.ts";
import { objectStoreContentCases } from "./object-store-content.ts";
import { objectStoreKeyCases } from "./object-store-keys.ts";
import { objectStoreProcessCases } from "./object-store-processes.ts";

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

/** Those that a driver can break by itself; the rest needs other processes. */
export const objectStoreCases: ContractCase<ObjectStoreFixture>[] = [
  ...objectStoreContentCases,
  ...objectStoreConditionCases,
  ...objectStoreKeyCases,
];

export function describeObjectStoreContract(driver: ContractDriver<ObjectStoreFixture>): void {
  describeContract("object store", [...objectStoreCases, ...objectStoreProcessCases], driver);
}
