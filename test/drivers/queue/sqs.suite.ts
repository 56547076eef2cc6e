import { supported } from "../../contracts/contract.ts";
import { describeRemoteQueueContract } from "../../contracts/queue.ts";
import { createSqsFixture } from "./sqs-fixture.ts";

describeRemoteQueueContract({
  name: "sqs",
  capabilities: {
    keepsLateReceipts: {
      supported: false,
      reason: "SQS takes a late receipt without a word, whether it still has an effect or not",
    },
    countsReleasedAsVisible: {
      supported: false,
      reason: "SQS delays a released message by its visibility timeout, and counts it as in flight",
    },
    countsDelayedAsVisible: supported,
    countsInFlight: supported,
    delaysMessages: supported,
  },
  createFixture: createSqsFixture,
});
