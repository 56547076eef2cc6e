import { describeLargeMessagesContract } from "../../contracts/large-messages.ts";
import { createS3Fixture } from "../object-store/s3-fixture.ts";
import { createSqsFixture } from "../queue/sqs-fixture.ts";

describeLargeMessagesContract({
  name: "sqs-s3",
  capabilities: {},
  async createFixture() {
    const [bucket, queue] = await Promise.all([createS3Fixture(), createSqsFixture()]);
    return {
      ...queue,
      store: bucket.store,
      async dispose() {
        await Promise.all([bucket.dispose(), queue.dispose()]);
      },
    };
  },
});
