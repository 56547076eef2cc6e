import { randomUUID } from "node:crypto";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { createObjectStore } from "../../../runtime/object-store/create-object-store.ts";
import { moto, region } from "../aws.ts";
import { createHttpFaults } from "../http-faults.ts";

const xmlError = (status: number, code: string, message: string) => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

export async function createS3Fixture() {
  const bucket = `contract-${randomUUID()}`;
  const client = new S3Client({ endpoint: moto(), region, forcePathStyle: true });
  await client.send(
    new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: region } }),
  );
  client.destroy();
  const faults = await createHttpFaults(moto(), {
    throttled: xmlError(503, "SlowDown", "Please reduce your request rate."),
    expired: xmlError(403, "ExpiredToken", "The provided token has expired."),
  });
  const urlAt = (endpoint: string, name = bucket) =>
    `s3://${name}?region=${region}&forcePathStyle=true&endpoint=${encodeURIComponent(endpoint)}`;
  return {
    store: await createObjectStore(urlAt(moto())),
    another: await createObjectStore(urlAt(moto())),
    url: urlAt(moto()),
    faults,
    behindFaults: await createObjectStore(urlAt(faults.url)),
    missing: await createObjectStore(urlAt(moto(), `missing-${randomUUID()}`)),
    dispose: () => faults.close(),
  };
}
