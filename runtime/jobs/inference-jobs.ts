import { createHash } from "node:crypto";
import { z } from "zod";
import { ApiError, invalidInput, notFound } from "../errors.ts";
import type { Inference, InferRequest } from "../inference/inference.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import type { CloudEvent } from "../queue/cloud-event.ts";

/** The type of a message that asks for an inference; every other type triggers workflows. */
export const INFERENCE_JOB = "skyloom.inference";

/** An inference that was asked for by a message; kept in the bucket. */
export interface InferenceResult {
  /** The message's. */
  id: string;
  /** RFC 3339. */
  finishedAt: string;
  /** As the inference over HTTP answers. */
  response: unknown;
}

export interface InferenceJobs {
  /**
   * Does what the message asks for, once however often it comes; resolves when the result is in the bucket.
   * @throws ApiError `invalid-job` (400) and what the inference throws.
   */
  handle(event: CloudEvent, signal?: AbortSignal): Promise<void>;
  /** @throws ApiError `result-not-found` (404) */
  result(id: string): Promise<InferenceResult>;
}

const request = z.looseObject({
  model: z.string("must be the name of a model").min(1),
  version: z.union([z.string(), z.number().int()], "must be a version of the model").optional(),
  inputs: z.array(z.unknown(), "must be a list of tensors, as in POST /v2/models/{model}/infer"),
});

/** Inferences that nobody waits for: asked for by messages on the queue, with results in the bucket. */
export function createInferenceJobs({
  store,
  inference,
  now = Date.now,
}: {
  store: ObjectStore;
  inference: Pick<Inference, "infer">;
  /** Milliseconds since 1970. Default Date.now. */
  now?: () => number;
}): InferenceJobs {
  return {
    async handle({ id, data }, signal) {
      const parsed = request.safeParse(data);
      if (!parsed.success)
        throw invalidInput(
          "invalid-job",
          parsed.error.issues.map(({ path, message }) => ({ path: ["data", ...path].join("."), message })),
          "message",
        );
      // A message comes again when this process ends between the result and the message's removal.
      if ((await store.head(resultKey(id))) !== undefined) return;
      const { model, version, ...rest } = parsed.data;
      const response = await inference.infer(
        model,
        version === undefined ? undefined : String(version),
        // The engine checks all of it.
        { ...(rest as unknown as InferRequest), id },
        signal,
      );
      const result: InferenceResult = { id, finishedAt: new Date(now()).toISOString(), response };
      await putOnce(store, resultKey(id), JSON.stringify(result));
    },
    async result(id) {
      const object = await store.get(resultKey(id));
      if (object === undefined)
        throw notFound("result-not-found", `there is no result of a message "${id}" (yet)`);
      return JSON.parse(Buffer.from(object.body).toString("utf8"));
    },
  };
}

/** Two that had the same message both come here; the first one's result is the result. */
async function putOnce(store: ObjectStore, key: string, body: string): Promise<void> {
  try {
    await store.put(key, body, { ifNoneMatch: "*" });
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "precondition-failed")) throw error;
  }
}

/** An id is any text; a key is not. */
function resultKey(id: string): string {
  const name = /^[A-Za-z0-9_-]{1,128}$/.test(id) ? id : createHash("sha256").update(id).digest("hex");
  return `results/${name}.json`;
}
