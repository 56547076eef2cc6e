import { describeObjectStoreContract } from "../../contracts/object-store.ts";
import { createLocalFixture, localCapabilities } from "./local-fixture.ts";

describeObjectStoreContract({
  name: "local",
  capabilities: localCapabilities,
  createFixture: createLocalFixture,
});
