import { describeObjectStoreContract } from "../../contracts/object-store.ts";
import { createLocalFixture } from "./local-fixture.ts";

describeObjectStoreContract("local", createLocalFixture);
