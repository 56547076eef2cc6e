import assert from "node:assert/strict";
import { development, recordGcp } from "./fixture.ts";

describe("grants on Google Cloud", () => {
  it("let a workload send and receive on the stack's queue, look at its dead letters and its depth, and nothing else", async () => {
    const recording = await recordGcp(development, (cloud) => {
      const identity = cloud.cluster.identity("runtime");
      const grant = cloud.queue.grantSendReceive(identity);
      assert.equal(grant.state, "granted");
      assert.ok(
        grant.state === "granted" && grant.resources.every((each) => identity.dependsOn.includes(each)),
      );
    });
    const account = recording.one("gcp:serviceaccount/account:Account", "identity-runtime");
    const granted = recording.resources
      .filter(({ inputs }) => inputs.member === `serviceAccount:${account.outputs.email}`)
      .map(({ inputs }) => `${inputs.role} ${inputs.topic ?? inputs.subscription ?? inputs.project}`);
    assert.deepEqual(granted.sort(), [
      "roles/monitoring.viewer skyloom-test",
      "roles/pubsub.publisher skyloom-dev-gcp-dead-letter",
      "roles/pubsub.publisher skyloom-dev-gcp-queue",
      "roles/pubsub.subscriber skyloom-dev-gcp-dead-letter",
      "roles/pubsub.subscriber skyloom-dev-gcp-queue",
      "roles/pubsub.viewer skyloom-dev-gcp-dead-letter",
      "roles/pubsub.viewer skyloom-dev-gcp-queue",
    ]);
  });

  it("let a workload read the bucket without writing", async () => {
    const recording = await recordGcp(development, (cloud) => {
      cloud.bucket.grantRead(cloud.cluster.identity("reader"));
    });
    const { inputs } = recording.one("gcp:storage/bucketIAMMember:BucketIAMMember");
    assert.equal(inputs.role, "roles/storage.objectViewer");
    assert.equal(inputs.bucket, "skyloom-test-skyloom-dev-gcp");
  });

  it("say why an identity without an account gets nothing", async () => {
    await recordGcp(development, (cloud) => {
      const grant = cloud.bucket.grantRead({ name: "stranger", principal: undefined, dependsOn: [] });
      assert.deepEqual(grant, {
        state: "not-applicable",
        reason: "stranger has no service account at Google Cloud",
      });
    });
  });
});
