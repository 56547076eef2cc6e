import { IAMMember as ProjectIAMMember } from "@pulumi/gcp/projects/iammember.js";
import { Subscription } from "@pulumi/gcp/pubsub/subscription.js";
import { SubscriptionIAMMember } from "@pulumi/gcp/pubsub/subscriptionIAMMember.js";
import { Topic } from "@pulumi/gcp/pubsub/topic.js";
import { TopicIAMMember } from "@pulumi/gcp/pubsub/topicIAMMember.js";
import { type Input, interpolate } from "@pulumi/pulumi";
import type { Grant, Queue, WorkloadIdentity } from "../../cloud.ts";
import type { GcpContext } from "./foundation.ts";
import { grant } from "./grants.ts";
import type { GcpKeys } from "./keys.ts";
import type { EnabledServices } from "./services.ts";

/** What Pub/Sub allows (https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions). */
export const queueLimits = { visibilitySeconds: [10, 600], maximumDeliveries: [5, 100] } as const;

const DAYS = 24 * 3600;
const RETENTION = { messages: 7 * DAYS, deadLetters: 14 * DAYS };

interface Channel {
  topic: Topic;
  subscription: Subscription;
}

interface QueueParts {
  context: GcpContext;
  enabled: EnabledServices;
  keys: GcpKeys | undefined;
  /** Pub/Sub's own account in the project, by which it moves dead letters. */
  agent: Input<string>;
}

/**
 * A topic with the subscription that holds its messages, and the same once more for dead letters. Without a retry
 * policy: when a message comes again is its receiver's business.
 */
export function createQueue(parts: QueueParts): Queue {
  const { context } = parts;
  const { parent, names, settings } = context;
  const project = context.project.id;
  const deadLetter = createChannel(parts, "dead-letter", names.deadLetter, {
    messageRetentionDuration: `${RETENTION.deadLetters}s`,
  });
  const queue = createChannel(parts, "queue", names.queue, {
    messageRetentionDuration: `${RETENTION.messages}s`,
    ackDeadlineSeconds: settings.queue.visibilitySeconds,
    // So that a receiver is told when its time is over and another has the message.
    enableExactlyOnceDelivery: true,
    deadLetterPolicy: {
      deadLetterTopic: deadLetter.topic.id,
      maxDeliveryAttempts: settings.queue.maximumDeliveries,
    },
  });
  allowDeadLetters(parts, queue, deadLetter);

  const publish = (member: Input<string>, name: string, { topic }: Channel) =>
    new TopicIAMMember(
      name,
      { project, topic: topic.name, role: "roles/pubsub.publisher", member },
      { parent },
    );
  const subscriber =
    (role: string) =>
    (member: Input<string>, name: string, { subscription }: Channel) =>
      new SubscriptionIAMMember(name, { project, subscription: subscription.name, role, member }, { parent });
  const receive = subscriber("roles/pubsub.subscriber");
  const look = subscriber("roles/pubsub.viewer");
  // Pub/Sub tells the depth through Monitoring only, which knows no rights below the project.
  const readMetrics = (member: Input<string>, name: string) =>
    new ProjectIAMMember(
      name,
      { project, role: "roles/monitoring.viewer", member },
      { parent, dependsOn: parts.enabled("monitoring") },
    );
  return {
    url: interpolate`pubsub://${project}/${queue.subscription.name}?deadLetters=${deadLetter.subscription.name}`,
    deadLetterUrl: interpolate`projects/${project}/subscriptions/${deadLetter.subscription.name}`,
    grantSendReceive: (identity: WorkloadIdentity): Grant =>
      grant(identity, (member) => [
        publish(member, `grant-queue-send-${identity.name}`, queue),
        // What the last receiver gave up is sent there with the reason.
        publish(member, `grant-dead-letter-send-${identity.name}`, deadLetter),
        receive(member, `grant-queue-receive-${identity.name}`, queue),
        receive(member, `grant-dead-letter-receive-${identity.name}`, deadLetter),
        look(member, `grant-queue-look-${identity.name}`, queue),
        look(member, `grant-dead-letter-look-${identity.name}`, deadLetter),
        readMetrics(member, `grant-queue-metrics-${identity.name}`),
      ]),
    grantDepth: (identity: WorkloadIdentity): Grant =>
      grant(identity, (member) => [readMetrics(member, `grant-queue-depth-${identity.name}`)]),
    scaler: {
      type: "gcp-pubsub",
      metadata: { mode: "NumUndeliveredMessages", subscriptionName: queue.subscription.id },
      thresholdName: "value",
      authentication: () => ({ podIdentity: { provider: "gcp" } }),
    },
  };
}

function createChannel(
  { context, enabled, keys }: QueueParts,
  resourceName: string,
  name: string,
  settings: Omit<ConstructorParameters<typeof Subscription>[1], "topic">,
): Channel {
  const { dataOptions, labels, project, region } = context;
  const protect = context.settings.deletionProtection;
  const topic = new Topic(
    resourceName,
    {
      project: project.id,
      name,
      labels,
      messageStoragePolicy: { allowedPersistenceRegions: [region] },
      ...(keys && { kmsKeyName: keys.data.id }),
    },
    { ...dataOptions, protect, dependsOn: [enabled("pubsub"), ...(keys?.data.dependsOn ?? [])] },
  );
  const subscription = new Subscription(
    resourceName,
    {
      project: project.id,
      name,
      topic: topic.id,
      labels,
      // The default deletes a subscription that nobody used for 31 days, with the messages in it.
      expirationPolicy: { ttl: "" },
      ...settings,
    },
    { ...dataOptions, protect },
  );
  return { topic, subscription };
}

/** Without these two Pub/Sub delivers for ever and moves nothing. */
function allowDeadLetters({ context, agent }: QueueParts, queue: Channel, deadLetter: Channel): void {
  const { dataOptions } = context;
  const project = context.project.id;
  new TopicIAMMember(
    "dead-letter-forward",
    { project, topic: deadLetter.topic.name, role: "roles/pubsub.publisher", member: agent },
    dataOptions,
  );
  new SubscriptionIAMMember(
    "queue-forward",
    { project, subscription: queue.subscription.name, role: "roles/pubsub.subscriber", member: agent },
    dataOptions,
  );
}
