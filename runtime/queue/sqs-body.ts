import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";
import { ApiError } from "../errors.ts";
import type { QueueLimits } from "./queue.ts";

/**
 * What SQS allows (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html):
 * 256 KiB is what every queue takes, also one that was made before SQS took more; some of it is for a dead letter's
 * attributes.
 */
export const sqsLimits = {
  maximumMessageBytes: 248 * 1024,
  maximumVisibilitySeconds: 43_200,
  maximumDelaySeconds: 900,
  maximumWaitSeconds: 20,
} as const satisfies QueueLimits & { maximumWaitSeconds: number };

/** Everything that SQS refuses: what XML 1.0 does not allow. */
const refused = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const ENCODING = "skyloomEncoding";

type Encoded = { MessageBody: string; MessageAttributes?: Record<string, MessageAttributeValue> };

/**
 * As it is where SQS takes it, else as base64.
 * @throws ApiError `message-too-large` (413) where base64 makes it too large.
 */
export function encodeBody(body: string): Encoded {
  if (!refused.test(body)) return { MessageBody: body };
  const MessageBody = Buffer.from(body).toString("base64");
  if (MessageBody.length > sqsLimits.maximumMessageBytes)
    throw new ApiError(
      `message is too large: it holds control characters, and takes ${MessageBody.length} bytes as base64; the limit is ${sqsLimits.maximumMessageBytes}`,
      { status: 413, code: "message-too-large" },
    );
  return { MessageBody, MessageAttributes: { [ENCODING]: textAttribute("base64") } };
}

export function decodeBody({ Body = "", MessageAttributes }: Message): string {
  return MessageAttributes?.[ENCODING]?.StringValue === "base64"
    ? Buffer.from(Body, "base64").toString()
    : Body;
}

/** An attribute takes no empty text, and none of what a body does not take. */
export function textAttribute(text: string): MessageAttributeValue {
  const allowed = text.toWellFormed().replace(new RegExp(refused, "gu"), " ");
  return { DataType: "String", StringValue: allowed === "" ? " " : allowed };
}
