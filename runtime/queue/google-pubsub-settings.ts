import { ApiError } from "../errors.ts";
import type { PubsubCalls } from "./google-pubsub-calls.ts";

export interface PubsubSettings {
  visibilitySeconds: number;
  maximumDeliveries: number;
}

/** How long what a subscription is set to counts as known. */
const freshMilliseconds = 60_000;

/** What the subscription is set to; it must be so that the queue keeps its promises. */
export function createPubsubSettings({
  calls,
  subscription,
  deadLetterTopic,
}: {
  calls: PubsubCalls;
  subscription: string;
  deadLetterTopic: string;
}) {
  let known: { settings: PubsubSettings; until: number } | undefined;

  /** @throws ApiError `queue-misconfigured` (500) with every problem. */
  async function look(): Promise<PubsubSettings> {
    const found = await calls.subscription(subscription);
    const policy = found.deadLetterPolicy;
    const problems = [
      ...(found.enableExactlyOnceDelivery
        ? []
        : [
            {
              path: "enableExactlyOnceDelivery",
              message: "must be true: without it stale receipts are taken",
            },
          ]),
      ...(policy?.deadLetterTopic === deadLetterTopic
        ? []
        : [
            {
              path: "deadLetterPolicy.deadLetterTopic",
              message: `must be ${deadLetterTopic}, not ${policy?.deadLetterTopic ?? "missing"}`,
            },
          ]),
    ];
    if (problems.length > 0)
      throw new ApiError(
        `${subscription} cannot be a queue: ${problems.map(({ path, message }) => `${path} ${message}`).join("; ")}`,
        { status: 500, code: "queue-misconfigured", problems },
      );
    const settings = {
      visibilitySeconds: found.ackDeadlineSeconds || 10,
      maximumDeliveries: policy?.maxDeliveryAttempts || 5,
    };
    known = { settings, until: performance.now() + freshMilliseconds };
    return settings;
  }

  return {
    look,
    async read(): Promise<PubsubSettings> {
      return known !== undefined && performance.now() < known.until ? known.settings : look();
    },
  };
}
