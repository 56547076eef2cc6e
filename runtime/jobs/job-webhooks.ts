import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { ApiError, errorMessage, invalidInput } from "../errors.ts";
import type { Outbound } from "../outbound/outbound.ts";
import type { CloudEvent } from "../queue/cloud-event.ts";
import type { Queue } from "../queue/queue.ts";
import { isEnded, type Job, type JobRecord, type JobWebhook, jobKeyPart, jobOf, sha256 } from "./job.ts";
import type { JobRepository } from "./job-repository.ts";

/** The type of the runtime's own messages, each an attempt to tell the end of a job. */
export const JOB_WEBHOOK = "skyloom.job-webhook";

/** Tells the ends of jobs to the addresses that their senders gave, signed after Standard Webhooks. */
export interface JobWebhooks {
  /** What is missing for webhooks to be sent; undefined: nothing. */
  missing(): string | undefined;
  /** Of an ended job with a webhook: puts the first attempt on the queue, once. */
  announce(record: JobRecord): Promise<void>;
  /** One attempt; what fails is put on the queue again for later. */
  handle(event: CloudEvent, signal?: AbortSignal): Promise<void>;
}

export interface JobWebhooksOptions {
  records: JobRepository;
  queue: Pick<Queue, "send" | "limits">;
  outbound: Pick<Outbound, "send">;
  /** Reads the signing key, `whsec_` and base64. Undefined: webhooks are refused. */
  readKey: (() => Promise<string>) | undefined;
  /** Milliseconds since 1970. Default Date.now. */
  now?: () => number;
  /** 0 to 1, exclusive. Default Math.random. */
  random?: () => number;
}

/** Seconds before each attempt but the first: those that Standard Webhooks proposes, 27 hours in all. */
const waits = [5, 300, 1800, 7200, 18_000, 36_000, 36_000];
/** Within which the receiver must answer. */
const timeoutSeconds = 20;
/** Gone: the receiver wants no more of it. */
const goneStatus = 410;

const attemptSchema = z.object({
  job: z.string(),
  attempt: z.number().int().min(1),
  /** Milliseconds since 1970: a queue may not take so long a delay at once. */
  notBefore: z.number(),
});
type Attempt = z.infer<typeof attemptSchema>;

export function createJobWebhooks(options: JobWebhooksOptions): JobWebhooks {
  const { records, queue, outbound, readKey, now = Date.now, random = Math.random } = options;

  async function enqueue(attempt: Attempt): Promise<void> {
    const seconds = Math.max(0, (attempt.notBefore - now()) / 1000);
    const event = {
      specversion: "1.0",
      id: `${jobKeyPart(attempt.job)}-${attempt.attempt}`,
      source: "/v1/jobs",
      type: JOB_WEBHOOK,
      time: new Date(now()).toISOString(),
      data: attempt,
    };
    const delaySeconds = Math.min(Math.ceil(seconds), queue.limits.maximumDelaySeconds);
    await queue.send(JSON.stringify(event), { delaySeconds });
  }

  /** @returns why it failed, and whether it is of use to try again; undefined: the receiver took it */
  async function deliver(job: Job, url: string, signal?: AbortSignal) {
    try {
      const key = await readKey?.();
      if (key === undefined) return { reason: "the server has no key for webhooks", isFinal: false };
      const request = signedRequest(job, key, now());
      const limit = AbortSignal.timeout(timeoutSeconds * 1000);
      const answer = await outbound.send({
        url,
        method: "POST",
        ...request,
        maximumRedirects: 0,
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
      answer.body.destroy();
      if (answer.status >= 200 && answer.status < 300) return undefined;
      return { reason: `answered ${answer.status}`, isFinal: answer.status === goneStatus };
    } catch (error) {
      return { reason: errorMessage(error), isFinal: false };
    }
  }

  async function note(job: string, attempt: Attempt, webhook: Partial<JobWebhook>): Promise<void> {
    await records.change(job, (record) =>
      record.webhook === null || record.webhook.attempts >= attempt.attempt
        ? undefined
        : { webhook: { ...record.webhook, nextAttemptAt: null, ...webhook, attempts: attempt.attempt } },
    );
  }

  return {
    missing: () =>
      readKey === undefined
        ? "needs a key to sign with: set SKYLOOM_WEBHOOK_SECRET at the server"
        : undefined,
    async announce(record) {
      if (record.webhook === null || !isEnded(record) || record.isEndQueued) return;
      await enqueue({ job: record.id, attempt: 1, notBefore: now() });
      await records.change(record.id, () => ({ isEndQueued: true }));
    },
    async handle(event, signal) {
      const parsed = attemptSchema.safeParse(event.data);
      if (!parsed.success)
        throw invalidInput(
          "invalid-message",
          parsed.error.issues.map(({ path, message }) => ({ path: ["data", ...path].join("."), message })),
          "message",
        );
      const attempt = parsed.data;
      const record = await records.read(attempt.job);
      const webhook = record?.webhook;
      if (record === undefined || webhook?.state !== "pending" || !isEnded(record)) return;
      if (attempt.attempt <= webhook.attempts) return;
      if (now() < attempt.notBefore) return enqueue(attempt);
      const failure = await deliver(jobOf(record), webhook.url, signal);
      if (signal?.aborted) throw signal.reason;
      if (failure === undefined) return note(record.id, attempt, { state: "delivered", error: null });
      const wait = failure.isFinal ? undefined : waits[attempt.attempt - 1];
      if (wait === undefined) return note(record.id, attempt, { state: "failed", error: failure.reason });
      // Up to a fifth more, so that what failed together does not come back together.
      const notBefore = now() + wait * 1000 * (1 + random() / 5);
      // First the next attempt: a process that ends in between makes one too many, never none.
      await enqueue({ job: record.id, attempt: attempt.attempt + 1, notBefore });
      const nextAttemptAt = new Date(notBefore).toISOString();
      await note(record.id, attempt, { error: failure.reason, nextAttemptAt });
    },
  };
}

/** The same id in all attempts, by which the receiver knows that it has it already. */
function signedRequest(job: Job, key: string, milliseconds: number) {
  const id = `job_${sha256(job.id).slice(0, 32)}`;
  const { webhook: _webhook, ...data } = job;
  const body = JSON.stringify({ type: `job.${job.state}`, timestamp: job.finishedAt, data });
  const at = new Date(milliseconds);
  return {
    headers: {
      "content-type": "application/json",
      "user-agent": "skyloom",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(milliseconds / 1000)),
      "webhook-signature": signer(key).sign(id, at, body),
    },
    body,
  };
}

/** Without the key in any message. */
function signer(key: string): Webhook {
  try {
    return new Webhook(key.trim());
  } catch {
    throw new ApiError("the secret of SKYLOOM_WEBHOOK_SECRET is no key: it must be whsec_ and base64", {
      status: 500,
      code: "webhook-key-invalid",
    });
  }
}
