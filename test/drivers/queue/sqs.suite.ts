import { describeLargeMessagesContract } from "../../contracts/large-messages.ts";
import { describeRemoteQueueContract } from "../../contracts/queue.ts";
import { largeMessagesDriver } from "../large-messages.ts";
import { createS3Fixture } from "../object-store/s3-fixture.ts";
import { createSqsFixture, sqsCapabilities } from "./sqs-fixture.ts";

describeRemoteQueueContract({
  name: "sqs",
  capabilities: sqsCapabilities,
  createFixture: createSqsFixture,
});

describeLargeMessagesContract(largeMessagesDriver("sqs", createS3Fixture, createSqsFixture));
