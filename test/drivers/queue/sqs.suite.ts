import { describeRemoteQueueContract } from "../../contracts/queue.ts";
import { createSqsFixture, sqsCapabilities } from "./sqs-fixture.ts";

describeRemoteQueueContract({
  name: "sqs",
  capabilities: sqsCapabilities,
  createFixture: createSqsFixture,
});
