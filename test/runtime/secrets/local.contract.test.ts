import { describeSecretStoreContract } from "../../contracts/secrets.ts";
import { createLocalFixture, localCapabilities } from "./local-fixture.ts";

describeSecretStoreContract({
  name: "local",
  capabilities: localCapabilities,
  createFixture: createLocalFixture,
});
