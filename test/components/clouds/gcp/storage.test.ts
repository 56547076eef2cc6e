import assert from "node:assert/strict";
import type { Recording } from "../../../../simulator/recording/record-program.ts";
import { development, production, recordGcp } from "./fixture.ts";

const DAYS = 24 * 3600;

describe("bucket, queue, registry and network of Google Cloud", () => {
  let dev: Recording<unknown>;
  let prod: Recording<unknown>;
  before(async () => {
    dev = await recordGcp(development, () => {});
    prod = await recordGcp(production, () => {});
  });

  it("keeps old versions and deleted objects for a while, and takes data along in development only", () => {
    const { inputs } = dev.one("gcp:storage/bucket:Bucket");
    assert.deepEqual(inputs.versioning, { enabled: true });
    assert.equal(inputs.softDeletePolicy.retentionDurationSeconds, 7 * DAYS);
    const actions = inputs.lifecycleRules.map((rule: { action: { type: string } }) => rule.action.type);
    assert.deepEqual(actions, ["Delete", "AbortIncompleteMultipartUpload", "Delete"]);
    assert.deepEqual(inputs.lifecycleRules[0].condition, {
      daysSinceNoncurrentTime: 14,
      withState: "ARCHIVED",
    });
    assert.deepEqual(inputs.lifecycleRules[2].condition, { age: 30, matchesPrefixes: ["messages/"] });
    assert.equal(inputs.forceDestroy, true);
    assert.equal(prod.one("gcp:storage/bucket:Bucket").inputs.forceDestroy, false);
  });

  it("hides received messages as long as asked for, and never lets a subscription expire", () => {
    const { inputs } = dev.one("gcp:pubsub/subscription:Subscription", "queue");
    assert.equal(inputs.ackDeadlineSeconds, 60);
    assert.equal(inputs.enableExactlyOnceDelivery, true);
    for (const { inputs } of dev.all("gcp:pubsub/subscription:Subscription"))
      assert.deepEqual([inputs.expirationPolicy, inputs.retryPolicy], [{ ttl: "" }, undefined]);
    const dead = dev.one("gcp:pubsub/subscription:Subscription", "dead-letter").inputs;
    assert.equal(dead.deadLetterPolicy, undefined);
    assert.equal(dead.messageRetentionDuration, `${14 * DAYS}s`);
  });

  it("lets Pub/Sub itself move dead letters", () => {
    const { member } = dev.one("gcp:projects/serviceIdentity:ServiceIdentity", "agent-pubsub").outputs;
    const forward = dev.one("gcp:pubsub/topicIAMMember:TopicIAMMember", "dead-letter-forward").inputs;
    assert.equal(forward.topic, "skyloom-dev-gcp-dead-letter");
    assert.equal(forward.role, "roles/pubsub.publisher");
    assert.equal(forward.member, member);
    const acknowledge = dev.one(
      "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember",
      "queue-forward",
    ).inputs;
    assert.equal(acknowledge.subscription, "skyloom-dev-gcp-queue");
    assert.equal(acknowledge.role, "roles/pubsub.subscriber");
    assert.equal(acknowledge.member, member);
  });

  it("keeps messages in the region", () => {
    for (const { inputs } of dev.all("gcp:pubsub/topic:Topic"))
      assert.deepEqual(inputs.messageStoragePolicy.allowedPersistenceRegions, ["europe-west4"]);
  });

  it("has a registry with immutable tags and scans, from which nodes can pull", () => {
    const { inputs } = dev.one("gcp:artifactregistry/repository:Repository");
    assert.deepEqual(inputs.dockerConfig, { immutableTags: true });
    assert.equal(inputs.vulnerabilityScanningConfig.enablementConfig, "INHERITED");
    const pull = dev.one("gcp:artifactregistry/repositoryIamMember:RepositoryIamMember").inputs;
    assert.equal(pull.role, "roles/artifactregistry.reader");
  });

  it("has ranges for nodes, pods and services that do not overlap, a way out, and a short way to Google", () => {
    const { inputs } = dev.one("gcp:compute/subnetwork:Subnetwork");
    const ranges = [
      inputs.ipCidrRange,
      ...inputs.secondaryIpRanges.map((each: { ipCidrRange: string }) => each.ipCidrRange),
    ];
    const blocks = ranges.map(toBlock).toSorted((one, other) => one.first - other.first);
    for (const [index, block] of blocks.entries())
      if (index > 0) assert.ok(block.first > (blocks[index - 1]?.last ?? 0), ranges.join(", "));
    assert.equal(inputs.privateIpGoogleAccess, true);
    assert.equal(dev.one("gcp:compute/network:Network").inputs.autoCreateSubnetworks, false);
    const nat = dev.one("gcp:compute/routerNat:RouterNat").inputs;
    assert.equal(nat.natIpAllocateOption, "AUTO_ONLY");
  });

  it("sends the stack's logs to its own log bucket and keeps them out of the project's", () => {
    const sink = dev.one("gcp:logging/projectSink:ProjectSink").inputs;
    const exclusion = dev.one("gcp:logging/projectExclusion:ProjectExclusion").inputs;
    assert.match(
      sink.destination,
      /^logging\.googleapis\.com\/projects\/skyloom-test\/locations\/europe-west4\/buckets\//,
    );
    assert.equal(exclusion.filter, sink.filter);
    assert.match(sink.filter, /cluster_name="skyloom-dev-gcp"/);
  });
});

function toBlock(range: string): { first: number; last: number } {
  const [address = "", prefix = ""] = range.split("/");
  const first = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first, last: first + 2 ** (32 - Number(prefix)) - 1 };
}
