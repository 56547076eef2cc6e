import type { EstimateInput } from "../cost-estimate.ts";
import { type AmountKey, always, type Context, type Describers, type Meter } from "../meter.ts";
import { egress } from "../network-meters.ts";
import { flag, notYet, text } from "../read-property.ts";

export const storage: Describers = {
  "aws:s3/bucket:Bucket": { meters: bucketMeters },
  "aws:s3/bucketV2:BucketV2": { meters: bucketMeters },
  "aws:sqs/queue:Queue": { meters: queueMeters },
  "aws:ecr/repository:Repository": {
    meters: (resource, context) => [
      used("registry", "images", "imageGb", "registry-storage", resource, context),
    ],
  },
  "aws:cloudwatch/logGroup:LogGroup": { meters: logMeters },
  "aws:kms/key:Key": {
    meters: (resource, context) => [
      { part: "keys and secrets", what: "key", amount: always(1), service: "encryption-key" },
      used("keys and secrets", "requests to the key", "keyRequests", "key-requests", resource, context),
    ],
  },
  "aws:secretsmanager/secret:Secret": {
    meters: (resource, context) => [
      { part: "keys and secrets", what: "secret", amount: always(1), service: "secret" },
      used(
        "keys and secrets",
        "requests to the secret",
        "secretRequests",
        "secret-requests",
        resource,
        context,
      ),
    ],
  },
};

function used(
  part: Meter["part"],
  what: string,
  key: AmountKey,
  service: string,
  resource: EstimateInput,
  context: Context,
): Meter {
  return { part, what, amount: context.use(resource, key), service };
}

function bucketMeters(resource: EstimateInput, context: Context): Meter[] {
  return [
    used("storage", "data in the bucket", "storedGb", "bucket-storage", resource, context),
    used("storage", "requests that write", "writeRequests", "bucket-writes", resource, context),
    used("storage", "requests that read", "readRequests", "bucket-reads", resource, context),
    egress(resource, context),
  ];
}

/** First in, first out has a price of its own, which no table has. */
function queueMeters(resource: EstimateInput, context: Context): Meter[] {
  const ordered = flag(resource.properties, "fifoQueue");
  const amount = context.use(resource, "messages");
  if (ordered === true || ordered === notYet)
    return [{ part: "queue", what: "requests to the queue", amount }];
  return [{ part: "queue", what: "requests to the queue", amount, service: "queue-requests" }];
}

function logMeters(resource: EstimateInput, context: Context): Meter[] {
  const kind = text(resource.properties, "logGroupClass");
  const standard = kind === undefined || kind === "STANDARD";
  return [
    {
      part: "logs",
      what: "logs taken in",
      amount: context.use(resource, "logGb"),
      ...(standard && { service: "log-ingestion" }),
    },
    used("logs", "logs kept", "keptLogGb", "log-storage", resource, context),
  ];
}
