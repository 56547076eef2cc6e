import type { Inference } from "../inference/inference.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import type { Outbound } from "../outbound/outbound.ts";
import type { CloudEvent } from "../queue/cloud-event.ts";
import type { Queue } from "../queue/queue.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import { createDeadLetteredJobs } from "./dead-lettered-jobs.ts";
import { createInferenceJobs, type InferenceJobs } from "./inference-jobs.ts";
import { INFERENCE_JOB } from "./job.ts";
import { createJobRepository } from "./job-repository.ts";
import { createJobRetention } from "./job-retention.ts";
import { createJobWebhooks, JOB_WEBHOOK } from "./job-webhooks.ts";

export interface JobsOptions {
  store: ObjectStore;
  queue: Queue;
  inference: Pick<Inference, "infer" | "metadata">;
  outbound: Pick<Outbound, "send">;
  secrets: Pick<SecretStore, "get"> | undefined;
  /** The secret with the key that webhooks are signed with. Undefined: webhooks are refused. */
  webhookSecret: string | undefined;
  /** How long ended jobs and their results are kept, in days; 0: for ever. */
  retentionDays: number;
  /** How often jobs of dead letters are looked for, in seconds. Default 30. */
  deadLetterCheckSeconds?: number;
  /** Milliseconds since 1970. Default Date.now. */
  now?: () => number;
  /** A pino logger fits. */
  logger: { info(details: object, message: string): void; warn(details: object, message: string): void };
}

export interface Jobs {
  jobs: InferenceJobs;
  /** By the messages' type. */
  handlers: Map<string, (event: CloudEvent, signal: AbortSignal) => Promise<void>>;
  /** Looks at dead letters and old jobs, until it is stopped. */
  start(): void;
  stop(): void;
}

export function createJobs(options: JobsOptions): Jobs {
  const { store, queue, inference, outbound, secrets, webhookSecret, logger, now = Date.now } = options;
  const { retentionDays } = options;
  const records = createJobRepository(store);
  const readKey =
    secrets === undefined || webhookSecret === undefined ? undefined : () => secrets.get(webhookSecret);
  const webhooks = createJobWebhooks({ records, queue, outbound, readKey, now });
  const jobs = createInferenceJobs({ store, records, queue, inference, webhooks, retentionDays, now });
  const endDeadLettered = createDeadLetteredJobs({ queue, store, jobs });
  const retention = createJobRetention({ store, records, days: retentionDays, logger, now });
  const check = () =>
    endDeadLettered().catch((error) => logger.warn({ err: error }, "jobs of dead letters are not ended yet"));
  let timer: NodeJS.Timeout | undefined;
  return {
    jobs,
    handlers: new Map([
      [INFERENCE_JOB, (event, signal) => jobs.handle(event, signal)],
      [JOB_WEBHOOK, (event, signal) => webhooks.handle(event, signal)],
    ]),
    start() {
      timer = setInterval(check, (options.deadLetterCheckSeconds ?? 30) * 1000);
      timer.unref();
      retention.start();
    },
    stop() {
      clearInterval(timer);
      retention.stop();
    },
  };
}
