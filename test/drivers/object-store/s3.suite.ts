import { supported } from "../../contracts/contract.ts";
import { describeRemoteObjectStoreContract } from "../../contracts/object-store.ts";
import { createS3Fixture } from "./s3-fixture.ts";

describeRemoteObjectStoreContract({
  name: "s3",
  capabilities: { keyMayBeFolder: supported, distinguishesCase: supported, reservedKeys: [] },
  createFixture: createS3Fixture,
});
