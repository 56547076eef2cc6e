import { z } from "zod";
import type { Problem } from "../errors.ts";
import type { InferRequest } from "../inference/inference.ts";

/** What a job asks for, as a message's `data` has it and `POST /v1/jobs` beside `id`. */
export interface JobRequest {
  model: string;
  version: string | undefined;
  /** Without an id; the engine checks all of it. */
  request: Omit<InferRequest, "id">;
  /** Where the end is told. */
  webhook: string | undefined;
}

/** The shape of what a job asks for; further members are those of an infer request. */
export const jobRequestSchema = z.looseObject({
  model: z.string("must be the name of a model or of a route").min(1),
  version: z.union([z.string(), z.number().int()], "must be a version of the model").optional(),
  inputs: z.array(z.unknown(), "must be a list of tensors, as in POST /v2/models/{model}/infer"),
  webhook: z
    .string("must be a URL")
    .max(2000, "must have at most 2000 characters")
    .refine(isWebAddress, "must be an http or https URL without user and password")
    .optional(),
});

/** @param path of the data, for the problems' own */
export function parseJobRequest(data: unknown, path = ""): { request: JobRequest } | { problems: Problem[] } {
  const parsed = jobRequestSchema.safeParse(data ?? {});
  if (!parsed.success)
    return {
      problems: parsed.error.issues.map((issue) => ({
        path: [...(path === "" ? [] : [path]), ...issue.path].join("."),
        message: issue.message,
      })),
    };
  const { model, version, webhook, id: _id, ...request } = parsed.data;
  return {
    request: {
      model,
      version: version === undefined ? undefined : String(version),
      request: request as unknown as InferRequest,
      webhook,
    },
  };
}

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "";
}
