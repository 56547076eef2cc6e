import { describeQueueContract } from "../../contracts/queue.ts";
import { createLocalFixture } from "./local-fixture.ts";

describeQueueContract("local", createLocalFixture);
