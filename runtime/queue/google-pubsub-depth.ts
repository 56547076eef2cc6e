import { gaxios } from "google-auth-library";
import type { PubsubCalls } from "./google-pubsub-calls.ts";

const metric = "pubsub.googleapis.com/subscription/num_undelivered_messages";

/** Pub/Sub writes a point every minute, and it can be read after up to four. */
const lookBackMinutes = 10;

const retryConfig = {
  retry: 3,
  httpMethodsToRetry: ["GET"],
  noResponseRetries: 3,
  retryDelay: 100,
  statusCodesToRetry: [
    [429, 429],
    [500, 599],
  ],
};

interface TimeSeries {
  resource?: { labels?: { subscription_id?: string } };
  /** The newest first. */
  points?: { value?: { int64Value?: string } }[];
}

/**
 * How many messages of each subscription are not acknowledged, as Cloud Monitoring knew it some minutes ago; undefined
 * for one that it knows nothing of (https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list).
 */
export function createPubsubBacklog({
  calls,
  project,
  endpoint,
}: {
  calls: Pick<PubsubCalls, "requestHeaders">;
  project: string;
  /** Default: the service's. One with `http:` is an emulator: it is sent no credentials. */
  endpoint: string | undefined;
}) {
  const host = endpoint?.replace(/\/+$/, "") ?? "https://monitoring.googleapis.com";
  const client = new gaxios.Gaxios();

  return async function backlog(subscriptions: string[]): Promise<(number | undefined)[]> {
    const url = `${host}/v3/projects/${encodeURIComponent(project)}/timeSeries`;
    const headers = host.startsWith("https:") ? await calls.requestHeaders(url) : new Headers();
    const now = Date.now();
    const { data } = await client.request<{ timeSeries?: TimeSeries[] }>({
      url,
      headers,
      params: {
        filter: `metric.type = "${metric}" AND resource.labels.subscription_id = one_of(${subscriptions.map((name) => JSON.stringify(name)).join(", ")})`,
        "interval.startTime": new Date(now - lookBackMinutes * 60_000).toISOString(),
        "interval.endTime": new Date(now).toISOString(),
      },
      timeout: 10_000,
      retryConfig,
    });
    return subscriptions.map((name) => {
      const series = data.timeSeries?.find(({ resource }) => resource?.labels?.subscription_id === name);
      const count = series?.points?.[0]?.value?.int64Value;
      return count === undefined ? undefined : Number(count);
    });
  };
}
