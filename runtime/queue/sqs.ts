import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { awsFailure } from "../aws-errors.ts";
import { backEndError } from "../back-end-errors.ts";
import { ApiError, invalidInput } from "../errors.ts";
import type { Queue, QueueMessage, ReceiveOptions } from "./queue.ts";
import {
  checkDeadLetterOptions,
  checkMessageBody,
  checkReceiveOptions,
  checkSeconds,
  queueClosed,
  staleReceipt,
} from "./queue-options.ts";
import { createReceipts, type Receipt } from "./receipts.ts";
import { decodeBody, encodeBody, sqsLimits } from "./sqs-body.ts";
import { createSqsDeadLetters } from "./sqs-dead-letters.ts";
import { createSqsSettings } from "./sqs-settings.ts";

export interface SqsQueueOptions {
  /** Twelve digits. */
  account: string;
  name: string;
  /** The queue where messages go that were delivered too often; in the same account. */
  deadLetters: string;
  /** Default: AWS_REGION, or the profile's. */
  region?: string | undefined;
  /** Default: the region's. */
  endpoint?: string | undefined;
  /** Milliseconds since 1970. Default: Date.now. */
  now?: () => number;
}

/**
 * A standard queue of SQS. Maximum of deliveries and visibility are the queue's own settings. Credentials come from
 * the SDK's default chain; the SDK retries what is worth it, three times in all.
 *
 * A receipt is stale as soon as its time is over, as SQS takes it without a word and without effect. A release of the
 * last delivery moves the message to dead-letter itself, with its reason, for SQS keeps none; a message that SQS moves
 * was not finished in time. Seconds are rounded up.
 * @throws ApiError `invalid-queue-url` (400) where no region is known.
 */
export async function createSqsQueue(options: SqsQueueOptions): Promise<Queue> {
  const { account, name, region, endpoint, now = Date.now } = options;
  const client = new SQSClient({
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    useQueueUrlAsEndpoint: false,
  });
  const knownRegion = await client.config.region().catch(() => {
    const message = "parameter region is required where AWS_REGION is not set";
    throw invalidInput("invalid-queue-url", [{ path: "queue", message }], "queue URL");
  });
  const host = (endpoint ?? `https://sqs.${knownRegion}.amazonaws.com`).replace(/\/$/, "");
  const QueueUrl = `${host}/${account}/${name}`;
  const deadLetterUrl = `${host}/${account}/${options.deadLetters}`;
  const settings = createSqsSettings({ client, queueUrl: QueueUrl, deadLetterUrl, now });
  const deadLetters = createSqsDeadLetters({ client, deadLetterUrl, settings });
  const receipts = createReceipts<QueueMessage>({ now });
  const closing = new AbortController();

  /** Runs a call with its errors translated. */
  async function translated<Result>(call: () => Promise<Result>): Promise<Result> {
    if (closing.signal.aborted) throw queueClosed(name);
    try {
      return await call();
    } catch (error) {
      if (closing.signal.aborted) throw queueClosed(name);
      throw translate(error, name);
    }
  }

  async function take({ maximum = 1, visibilitySeconds }: ReceiveOptions, wait: number, signal: AbortSignal) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: maximum,
        WaitTimeSeconds: wait,
        ...(visibilitySeconds !== undefined && { VisibilityTimeout: Math.ceil(visibilitySeconds) }),
        MessageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp"],
        MessageAttributeNames: ["All"],
      }),
      { abortSignal: signal },
    );
    const received = now();
    const { maximumDeliveries, visibilitySeconds: usual } = await settings.read();
    const deadline = received + (visibilitySeconds ?? usual) * 1000;
    return Messages.map((message): QueueMessage => {
      const taken = {
        id: String(message.MessageId),
        body: decodeBody(message),
        deliveryCount: Number(message.Attributes?.ApproximateReceiveCount),
        enqueuedAt: new Date(Number(message.Attributes?.SentTimestamp)),
        receipt: receipts.create(String(message.ReceiptHandle), deadline),
      };
      // Its body is needed once more if it is released.
      if (taken.deliveryCount >= maximumDeliveries) receipts.keep(taken.receipt, taken);
      return taken;
    });
  }

  /** SQS waits for 20 seconds at most, and for whole seconds. */
  async function receive(receiveOptions: ReceiveOptions): Promise<QueueMessage[]> {
    checkReceiveOptions(receiveOptions, sqsLimits);
    const deadline = now() + (receiveOptions.waitSeconds ?? 0) * 1000;
    const signals = receiveOptions.signal ? [closing.signal, receiveOptions.signal] : [closing.signal];
    const signal = AbortSignal.any(signals);
    while (!signal.aborted) {
      const seconds = Math.min(sqsLimits.maximumWaitSeconds, Math.ceil((deadline - now()) / 1000));
      try {
        const messages = await take(receiveOptions, Math.max(0, seconds), signal);
        if (messages.length > 0 || now() >= deadline) return messages;
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
    return [];
  }

  async function changeVisibility({ handle }: Receipt<QueueMessage>, seconds: number): Promise<void> {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl,
        ReceiptHandle: handle,
        VisibilityTimeout: Math.ceil(seconds),
      }),
    );
  }

  async function remove(receipt: string, { handle }: Receipt<QueueMessage>): Promise<void> {
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handle }));
    receipts.end(receipt);
  }

  return {
    limits: sqsLimits,
    send: (body, { delaySeconds = 0 } = {}) =>
      translated(async () => {
        checkMessageBody(body, sqsLimits);
        checkSeconds({ delaySeconds: { seconds: delaySeconds, maximum: sqsLimits.maximumDelaySeconds } });
        const { MessageId } = await client.send(
          new SendMessageCommand({ QueueUrl, DelaySeconds: Math.ceil(delaySeconds), ...encodeBody(body) }),
        );
        return { id: String(MessageId) };
      }),
    receive: (receiveOptions = {}) => translated(() => receive(receiveOptions)),
    delete: (receipt) => translated(() => remove(receipt, receipts.find(receipt))),
    extend: (receipt, visibilitySeconds) =>
      translated(async () => {
        const maximum = sqsLimits.maximumVisibilitySeconds;
        checkSeconds({ visibilitySeconds: { seconds: visibilitySeconds, maximum } });
        const found = receipts.find(receipt);
        const asked = now();
        await changeVisibility(found, visibilitySeconds);
        receipts.extend(receipt, asked + visibilitySeconds * 1000);
      }),
    release: (receipt, { reason, delaySeconds = 0 }) =>
      translated(async () => {
        checkSeconds({
          delaySeconds: { seconds: delaySeconds, maximum: sqsLimits.maximumVisibilitySeconds },
        });
        const found = receipts.find(receipt);
        if (found.kept !== undefined) {
          await deadLetters.add(found.kept, reason);
          await remove(receipt, found);
          return;
        }
        await changeVisibility(found, delaySeconds);
        receipts.end(receipt);
      }),
    depth: () => translated(() => settings.depth()),
    deadLetters: ({ limit = 100 } = {}) =>
      translated(async () => {
        checkDeadLetterOptions({ limit });
        return deadLetters.peek(limit);
      }),
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      client.destroy();
    },
  };
}

function translate(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || error instanceof ApiError) return error;
  if (["ReceiptHandleIsInvalid", "MessageNotInflight"].includes(error.name)) return staleReceipt();
  if (error.name === "InvalidMessageContents")
    return invalidInput("invalid-message", [{ path: "body", message: error.message }], "message");
  const failure = awsFailure(error);
  return failure === undefined ? error : backEndError("queue", failure, { name, cause: error });
}
