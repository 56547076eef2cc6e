import { randomUUID } from "node:crypto";
import { ApiError, errorMessage, invalidInput, notFound, type Problem } from "../errors.ts";
import type { Inference } from "../inference/inference.ts";
import { decodeRequest } from "../inference/protocol/decode-request.ts";
import { isPreconditionFailed } from "../object-store/object-key.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { type CloudEvent, parseCloudEvent } from "../queue/cloud-event.ts";
import type { Queue } from "../queue/queue.ts";
import {
  INFERENCE_JOB,
  isEnded,
  type Job,
  type JobRecord,
  type JobState,
  jobOf,
  resultKey,
  sha256,
} from "./job.ts";
import type { JobRepository } from "./job-repository.ts";
import { type JobRequest, parseJobRequest } from "./job-request.ts";
import type { JobWebhooks } from "./job-webhooks.ts";

/** An inference that was asked for by a job; kept in the bucket. */
export interface InferenceResult {
  /** The job's. */
  id: string;
  /** RFC 3339. */
  finishedAt: string;
  /** As the inference over HTTP answers. */
  response: unknown;
}

export interface InferenceJobs {
  /**
   * Checks the request against its model and puts the job on the queue. With the id of a job that is there and asks for
   * the same, that one is returned.
   * @throws ApiError `invalid-job` (400) with all problems, `model-not-found` (404), `job-exists` (409)
   */
  submit(data: unknown): Promise<Job>;
  /** @throws ApiError `job-not-found` (404) */
  get(id: string): Promise<Job>;
  list(options: {
    state?: JobState | undefined;
    pageSize: number;
    pageToken?: string | undefined;
  }): Promise<{ jobs: Job[]; nextPageToken: string | undefined }>;
  /** @throws ApiError `job-not-found` (404), `job-begun` (409): what runs or ended cannot be cancelled */
  cancel(id: string): Promise<Job>;
  /** @throws ApiError `result-not-found` (404) */
  result(id: string): Promise<InferenceResult>;
  /**
   * Does what the message asks for, once however often it comes; resolves when the result is in the bucket.
   * @throws ApiError `invalid-job` (400) and what the inference throws; the record tells it too
   */
  handle(event: CloudEvent, signal?: AbortSignal): Promise<void>;
  /** Ends the job of a message that nobody will handle any more. */
  giveUp(event: CloudEvent, reason: string): Promise<void>;
}

export interface InferenceJobsOptions {
  store: ObjectStore;
  records: JobRepository;
  queue: Pick<Queue, "send">;
  inference: Pick<Inference, "infer" | "metadata">;
  webhooks: JobWebhooks;
  /** How long ended jobs are kept, in days; 0: for ever. Default 0. */
  retentionDays?: number;
  /** Milliseconds since 1970. Default Date.now. */
  now?: () => number;
  /** Default: a random UUID. */
  createId?: () => string;
}

/** Inferences that nobody waits for: asked for over HTTP or by messages on the queue, with results in the bucket. */
export function createInferenceJobs(options: InferenceJobsOptions): InferenceJobs {
  const { store, records, queue, inference, webhooks, now = Date.now, createId = randomUUID } = options;
  const { retentionDays = 0 } = options;
  const time = () => new Date(now()).toISOString();

  /** Nothing is done before all of it is known to be right, as far as that can be known now. */
  async function check(event: CloudEvent): Promise<JobRequest> {
    const parsed = parseJobRequest(event.data);
    if ("problems" in parsed) throw invalidInput("invalid-job", parsed.problems, "job");
    const { model, version, request, webhook } = parsed.request;
    const problems: Problem[] = [];
    const missing = webhook === undefined ? undefined : webhooks.missing();
    if (missing !== undefined) problems.push({ path: "webhook", message: missing });
    const metadata = await inference.metadata(model, version);
    try {
      decodeRequest(request, metadata);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problems.push(...error.problems);
    }
    if (problems.length > 0) throw invalidInput("invalid-job", problems, "job");
    return parsed.request;
  }

  /** Its record may have been removed: a dead letter stays longer, and is no new job. */
  function isForgotten(sentAt: string): boolean {
    return retentionDays > 0 && Date.parse(sentAt) < now() - retentionDays * 86_400_000;
  }

  async function finish(record: JobRecord, end: Partial<JobRecord>): Promise<JobRecord> {
    const changed = await records.change(record.id, (current) =>
      isEnded(current) ? undefined : { ...end, finishedAt: time() },
    );
    const ended = changed ?? record;
    await webhooks.announce(ended);
    return ended;
  }

  async function run(record: JobRecord, { model, version, request }: JobRequest, signal?: AbortSignal) {
    const { id } = record;
    // A message comes again when this process ends between the result and the message's removal.
    if ((await store.head(resultKey(id))) === undefined) {
      const response = await inference.infer(model, version, { ...request, id }, signal);
      const result: InferenceResult = { id, finishedAt: time(), response };
      await putOnce(store, resultKey(id), JSON.stringify(result));
    }
    await finish(record, { state: "succeeded", error: null, result: resultKey(id) });
  }

  async function noteFailure(record: JobRecord, error: unknown): Promise<void> {
    const problem = jobError(error);
    const isPermanent = error instanceof ApiError && !error.isRetryable;
    if (isPermanent) await finish(record, { state: "failed", error: problem });
    else
      await records.change(record.id, (current) =>
        isEnded(current) ? undefined : { state: "pending", error: problem },
      );
  }

  return {
    async submit(data) {
      const event = eventOf(data, { id: createId(), time: time() });
      const known = await records.read(event.id);
      if (known !== undefined) return sameJob(known, event);
      const request = await check(event);
      await queue.send(JSON.stringify(event));
      // Only now: what is recorded is on the queue. Whoever handles it may have recorded it already.
      return sameJob(await records.create(recordOf(event, request)), event);
    },
    async get(id) {
      const record = await records.read(id);
      if (record === undefined) throw jobNotFound(id);
      return jobOf(record);
    },
    async list(asked) {
      const { records: page, nextPageToken } = await records.list(asked);
      return { jobs: page.map(jobOf), nextPageToken };
    },
    async cancel(id) {
      const record = await records.change(id, ({ state }) =>
        state === "pending" ? { state: "cancelled", finishedAt: time(), error: null } : undefined,
      );
      if (record === undefined) throw jobNotFound(id);
      if (record.state !== "cancelled")
        throw new ApiError(`job ${JSON.stringify(id)} has begun: it is ${record.state}`, {
          status: 409,
          code: "job-begun",
        });
      await webhooks.announce(record);
      return jobOf(record);
    },
    async result(id) {
      const object = await store.get(resultKey(id));
      if (object === undefined)
        throw notFound("result-not-found", `there is no result of a message "${id}" (yet)`);
      return JSON.parse(Buffer.from(object.body).toString("utf8"));
    },
    async handle(event, signal) {
      const parsed = parseJobRequest(event.data, "data");
      const record = await records.create(recordOf(event, "request" in parsed ? parsed.request : undefined));
      // Another message under the same id: the first one's result is the result.
      if (record.requestSha256 !== requestHash(event.data)) return;
      try {
        if (isEnded(record)) return await repeatEnd(record);
        if ("problems" in parsed) throw invalidInput("invalid-job", parsed.problems, "message");
        const begun = await records.change(record.id, (current) =>
          isEnded(current)
            ? undefined
            : { state: "running", startedAt: time(), attempts: current.attempts + 1 },
        );
        if (begun?.state === "running") await run(begun, parsed.request, signal);
      } catch (error) {
        // Somebody else has the message now, and says what becomes of the job.
        if (!signal?.aborted) await noteFailure(record, error);
        throw error;
      }
    },
    async giveUp(event, reason) {
      if (isForgotten(event.time) && (await records.read(event.id)) === undefined) return;
      const parsed = parseJobRequest(event.data);
      const record = await records.create(recordOf(event, "request" in parsed ? parsed.request : undefined));
      if (isEnded(record) || record.requestSha256 !== requestHash(event.data)) return;
      const message = `given up after too many attempts; the last: ${reason}`;
      await finish(record, { state: "failed", error: { code: "dead-lettered", message, problems: [] } });
    },
  };

  /** The message came again after the end: what follows from it may not have been done yet. */
  async function repeatEnd(record: JobRecord): Promise<void> {
    await webhooks.announce(record);
    const { state, error } = record;
    // It belongs to the dead letters, and gets there by its deliveries.
    if (state === "failed" && error !== null)
      throw new ApiError(error.message, { status: 422, code: error.code, problems: error.problems });
  }
}

/** @throws ApiError `invalid-message` (400), `job-exists` (409) */
function sameJob(record: JobRecord, event: CloudEvent): Job {
  if (record.requestSha256 === requestHash(event.data)) return jobOf(record);
  throw new ApiError(
    `there is a job ${JSON.stringify(record.id)} that asks for something else; choose another id`,
    { status: 409, code: "job-exists" },
  );
}

function eventOf(body: unknown, defaults: { id: string; time: string }): CloudEvent {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw invalidInput(
      "invalid-job",
      [{ path: "", message: "must be an object: {id?, model, inputs, …}" }],
      "job",
    );
  const { id = defaults.id, ...data } = body as Record<string, unknown>;
  return parseCloudEvent(
    JSON.stringify({
      specversion: "1.0",
      id,
      source: "/v1/jobs",
      type: INFERENCE_JOB,
      time: defaults.time,
      data,
    }),
  );
}

/** @param request undefined where it cannot be read, which the job then fails of */
function recordOf({ id, time, data }: CloudEvent, request: JobRequest | undefined): JobRecord {
  const webhook = request?.webhook;
  return {
    id,
    state: "pending",
    model: request?.model ?? "",
    version: request?.version ?? null,
    createdAt: new Date(time).toISOString(),
    startedAt: null,
    finishedAt: null,
    attempts: 0,
    error: null,
    result: null,
    webhook:
      webhook === undefined
        ? null
        : { url: webhook, state: "pending", attempts: 0, nextAttemptAt: null, error: null },
    requestSha256: requestHash(data),
    isEndQueued: false,
  };
}

function requestHash(data: unknown): string {
  return sha256(JSON.stringify(data) ?? "");
}

function jobError(error: unknown): JobRecord["error"] {
  const { code = "internal", problems = [] } = error instanceof ApiError ? error : {};
  return { code, message: errorMessage(error), problems };
}

function jobNotFound(id: string): ApiError {
  return notFound("job-not-found", `there is no job ${JSON.stringify(id)}`);
}

/** Two that had the same message both come here; the first one's result is the result. */
async function putOnce(store: ObjectStore, key: string, body: string): Promise<void> {
  try {
    await store.put(key, body, { ifNoneMatch: "*" });
  } catch (error) {
    if (!isPreconditionFailed(error)) throw error;
  }
}
