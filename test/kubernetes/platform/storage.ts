import { randomBytes } from "node:crypto";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createObjectStore } from "../../../runtime/object-store/create-object-store.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import { createQueue } from "../../../runtime/queue/create-queue.ts";
import type { Queue } from "../../../runtime/queue/queue.ts";
import { required } from "../required.ts";

const REGION = "us-east-1";
/** The account that moto says is ours. */
const ACCOUNT = "123456789012";
const MAXIMUM_DELIVERIES = 5;

/** A bucket and a queue of a test's own on the emulator that pods and this process reach under the same address. */
export interface Storage {
  bucketUrl: string;
  queueUrl: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  store: ObjectStore;
  queue: Queue;
}

export async function createStorage(): Promise<Storage> {
  const endpoint = required("SKYLOOM_TEST_MOTO");
  const name = `test-${randomBytes(4).toString("hex")}`;
  const credentials = {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  };
  // The drivers of this process find them as those in the pods do, by the SDK's default chain.
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
  // A copy: the SDK notes down in it where it is from.
  const options = { endpoint, region: REGION, credentials: { ...credentials } };
  await new S3Client({ ...options, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: name }));
  await createQueues(new SQSClient(options), name);
  const bucketUrl = `s3://${name}?region=${REGION}&endpoint=${endpoint}&forcePathStyle=true`;
  const queueUrl = `sqs://${ACCOUNT}/${name}?deadLetters=${name}-dead-letter&region=${REGION}&endpoint=${endpoint}`;
  return {
    bucketUrl,
    queueUrl,
    credentials,
    store: await createObjectStore(bucketUrl),
    queue: await createQueue(queueUrl),
  };
}

async function createQueues(client: SQSClient, name: string): Promise<void> {
  const dead = await client.send(new CreateQueueCommand({ QueueName: `${name}-dead-letter` }));
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: dead.QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  const redrive = { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: MAXIMUM_DELIVERIES };
  await client.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { RedrivePolicy: JSON.stringify(redrive) } }),
  );
}
