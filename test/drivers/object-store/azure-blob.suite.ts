import { supported } from "../../contracts/contract.ts";
import { describeRemoteObjectStoreContract } from "../../contracts/object-store.ts";
import { createAzureBlobFixture } from "./azure-blob-fixture.ts";

describeRemoteObjectStoreContract({
  name: "azure-blob",
  capabilities: {
    keyMayBeFolder: supported,
    distinguishesCase: supported,
    reservedKeys: ["a/".repeat(254).concat("a")],
  },
  createFixture: createAzureBlobFixture,
});
