import { describeQueueContract } from "../../contracts/queue.ts";
import { createLocalFixture, localCapabilities } from "./local-fixture.ts";

describeQueueContract({ name: "local", capabilities: localCapabilities, createFixture: createLocalFixture });
