import { supported } from "../../contracts/contract.ts";
import { describeRemoteObjectStoreContract } from "../../contracts/object-store.ts";
import { createGoogleCloudStorageFixture } from "./google-cloud-storage-fixture.ts";

describeRemoteObjectStoreContract({
  name: "google-cloud-storage",
  capabilities: { keyMayBeFolder: supported, distinguishesCase: supported, reservedKeys: [] },
  createFixture: createGoogleCloudStorageFixture,
});
