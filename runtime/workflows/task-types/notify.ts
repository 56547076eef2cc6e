import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { ApiError } from "../../errors.ts";
import { readAnswer } from "../../outbound/read-answer.ts";
import { hasFixedHost } from "../http-url.ts";
import { createMasking } from "../masking.ts";
import { closedObject, text } from "../schema-parts.ts";
import { readTaskSecrets, secretName } from "../task-secrets.ts";
import type { StepTaskType, TaskContext } from "../task-type.ts";
import type { Json } from "../workflow.ts";

const address = z.string().regex(/^[^\s<>@,;]+@[^\s<>@,;]+$/, "must be an e-mail address");

const webhook = closedObject({
  url: z.string().regex(/^https?:\/\//, "must begin with http:// or https://"),
  /** Name of the secret that signs: `whsec_` and base64, or any text of at least 24 characters. */
  secret: secretName,
}).superRefine(({ url }, context) => {
  if (!hasFixedHost(url))
    context.addIssue({
      code: "custom",
      path: ["url"],
      message: "must have a host that is fixed in the file: no expression decides who is told",
    });
});

const schema = closedObject({
  level: z.enum(["info", "warn", "error"]).default("info"),
  message: text,
  /** Goes along with the webhook and, as JSON, with the mail. */
  details: z.unknown().optional(),
  webhook: webhook.optional(),
  email: closedObject({
    to: z.union([address.transform((one) => [one]), z.array(address).min(1).max(100)], {
      error: "must be an e-mail address or a list of at most 100",
    }),
    /** Default: the level and the workflow's task. */
    subject: text.optional(),
  }).optional(),
});

type Parameters = z.infer<typeof schema>;

/**
 * Writes a structured log line that monitoring can raise an alarm from, and tells it by a signed webhook (Standard
 * Webhooks) and by e-mail where they are given; outputs: `{level, message, webhook?: {status}, email?: {accepted,
 * rejected}}`. An attempt that is repeated repeats id and Message-ID, by which a receiver knows what came twice.
 */
export const notify: StepTaskType<Parameters> = {
  kind: "step",
  name: "notify",
  schema,
  fixed: ["webhook"],
  async execute(parameters, context) {
    const { level, message } = parameters;
    context.logger[level]({ run: context.runId, task: context.task, notification: true }, message);
    const outputs: Record<string, Json> = { level, message };
    if (parameters.webhook !== undefined)
      outputs.webhook = await callWebhook(parameters, parameters.webhook, context);
    if (parameters.email !== undefined) outputs.email = await sendMail(parameters, parameters.email, context);
    return outputs;
  },
};

async function callWebhook(
  { level, message, details }: Parameters,
  { url, secret }: NonNullable<Parameters["webhook"]>,
  context: TaskContext,
): Promise<Json> {
  const { key } = await readTaskSecrets({ key: secret }, context);
  const { runId, task } = context;
  const now = new Date();
  const data = { run: runId, task, level, message, ...(details !== undefined && { details }) };
  const body = JSON.stringify({ type: "skyloom.notification", timestamp: now.toISOString(), data });
  const answer = await context.outbound.send({
    url,
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": context.key,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
      "webhook-signature": signature(key, secret, context.key, now, body),
    },
    body,
    // A redirect would have to carry the signature to somebody else.
    maximumRedirects: 0,
    signal: context.signal,
  });
  const start = (await readAnswer(answer, 64 * 1024).catch(() => Buffer.alloc(0)))
    .toString("utf8")
    .slice(0, 300);
  if (answer.status >= 200 && answer.status < 300) return { status: answer.status };
  const isForLater = answer.status === 408 || answer.status === 429 || answer.status >= 500;
  const told = createMasking([key]).text(start.trim());
  throw new ApiError(`the webhook ${new URL(url).origin} answered ${answer.status}${told && `: ${told}`}`, {
    status: isForLater ? 502 : 422,
    code: "webhook-refused",
  });
}

const minimumKeyCharacters = 24;

function signature(key: string, secret: string, id: string, at: Date, body: string): string {
  if (key.length < minimumKeyCharacters)
    throw new ApiError(
      `secret "${secret}" must have at least ${minimumKeyCharacters} characters to sign with`,
      {
        status: 422,
        code: "secret-too-short",
      },
    );
  try {
    return (key.startsWith("whsec_") ? new Webhook(key) : new Webhook(key, { format: "raw" })).sign(
      id,
      at,
      body,
    );
  } catch {
    throw new ApiError(`secret "${secret}" begins with whsec_, so the rest must be base64`, {
      status: 422,
      code: "secret-not-usable",
    });
  }
}

async function sendMail(
  { level, message, details }: Parameters,
  { to, subject }: NonNullable<Parameters["email"]>,
  { mailer, key, task, runId, signal }: TaskContext,
): Promise<Json> {
  if (mailer === undefined)
    throw new ApiError(`task ${task} sends mail, and the runtime knows no server: set SKYLOOM_SMTP`, {
      status: 422,
      code: "mail-not-configured",
    });
  const attachment = details === undefined ? "" : `\n\n${JSON.stringify(details, null, 2)}`;
  const { accepted, rejected } = await mailer.send({
    to,
    subject: subject ?? `${level}: ${task}`,
    text: `${message}${attachment}\n\n-- \nrun ${runId}, task ${task}\n`,
    id: key,
    signal,
  });
  return { accepted, rejected };
}
