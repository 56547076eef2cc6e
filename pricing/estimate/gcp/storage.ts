import type { EstimateInput } from "../cost-estimate.ts";
import { type Amount, always, type Context, type Describers, isNotKnown, type Meter } from "../meter.ts";
import { egress } from "../network-meters.ts";
import { text } from "../read-property.ts";

export const storage: Describers = {
  "gcp:storage/bucket:Bucket": { meters: bucketMeters },
  "gcp:pubsub/topic:Topic": { meters: volume("messages published") },
  "gcp:pubsub/subscription:Subscription": { meters: volume("messages delivered") },
  "gcp:artifactregistry/repository:Repository": {
    meters: (resource, context) => [
      {
        part: "registry",
        what: "images",
        amount: context.use(resource, "imageGb"),
        service: "registry-storage",
      },
    ],
  },
  "gcp:logging/projectBucketConfig:ProjectBucketConfig": { meters: logMeters },
  "gcp:kms/cryptoKey:CryptoKey": { meters: keyMeters },
  "gcp:secretmanager/secret:Secret": {
    meters: (resource, context) => [
      { part: "keys and secrets", what: "a version of the secret", amount: always(1), service: "secret" },
      {
        part: "keys and secrets",
        what: "requests to the secret",
        amount: context.use(resource, "secretRequests"),
        service: "secret-requests",
      },
    ],
  },
};

function bucketMeters(resource: EstimateInput, context: Context): Meter[] {
  const kind = text(resource.properties, "storageClass") ?? "STANDARD";
  const standard = kind === "STANDARD";
  const use = (key: "storedGb" | "writeRequests" | "readRequests") => context.use(resource, key);
  return [
    {
      part: "storage",
      what: "data in the bucket",
      amount: use("storedGb"),
      ...(standard && { service: "bucket-storage" }),
    },
    {
      part: "storage",
      what: "requests that write",
      amount: use("writeRequests"),
      ...(standard && { service: "bucket-writes" }),
    },
    {
      part: "storage",
      what: "requests that read",
      amount: use("readRequests"),
      ...(standard && { service: "bucket-reads" }),
    },
    egress(resource, context),
  ];
}

const KIB_PER_TIB = 2 ** 30;

/** Billed by volume, at least 1 KB a message; publishing and each delivery count. */
function volume(what: string) {
  return (resource: EstimateInput, context: Context): Meter[] => {
    const messages = context.use(resource, "messages");
    const size = context.use(resource, "messageKib");
    const amount: Amount = isNotKnown(messages)
      ? messages
      : isNotKnown(size)
        ? size
        : product(messages, size);
    return [{ part: "queue", what, amount, service: "queue-requests" }];
  };
}

function product(
  messages: Exclude<Amount, { unknown: string }>,
  kib: Exclude<Amount, { unknown: string }>,
): Amount {
  const tib = (bound: "minimum" | "expected" | "maximum") =>
    (messages[bound] * Math.max(kib[bound], 1)) / KIB_PER_TIB;
  return { minimum: tib("minimum"), expected: tib("expected"), maximum: tib("maximum") };
}

function logMeters(resource: EstimateInput, context: Context): Meter[] {
  return [
    { part: "logs", what: "logs taken in", amount: context.use(resource, "logGb"), service: "log-ingestion" },
    { part: "logs", what: "logs kept", amount: context.use(resource, "keptLogGb"), service: "log-storage" },
  ];
}

function keyMeters(resource: EstimateInput, context: Context): Meter[] {
  const level = text(resource.properties, "versionTemplate.protectionLevel") ?? "SOFTWARE";
  const software = level === "SOFTWARE";
  const rotated = text(resource.properties, "rotationPeriod") !== undefined;
  return [
    {
      part: "keys and secrets",
      what: "a version of the key",
      amount: always(1),
      ...(software && { service: "encryption-key" }),
      ...(rotated && {
        assumption: "one active version; each rotation leaves one more until it is destroyed",
      }),
    },
    {
      part: "keys and secrets",
      what: "requests to the key",
      amount: context.use(resource, "keyRequests"),
      ...(software && { service: "key-requests" }),
    },
  ];
}
