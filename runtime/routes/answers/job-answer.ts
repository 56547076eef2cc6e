import { z } from "zod";
import { jobStates } from "../../jobs/job.ts";
import { problem } from "./error-answer.ts";
import { inferAnswer } from "./inference-answer.ts";

const time = z.iso.datetime();

const webhook = z.object({
  url: z.string(),
  state: z.enum(["pending", "delivered", "failed"]),
  attempts: z.int().min(0),
  nextAttemptAt: time.nullable(),
  error: z.string().nullable(),
});

export const jobAnswer = z
  .looseObject({
    id: z.string(),
    state: z.enum(jobStates),
    model: z.string(),
    version: z.string().nullable(),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    attempts: z.int().min(0),
    error: z.object({ code: z.string(), message: z.string(), problems: z.array(problem) }).nullable(),
    result: z.string().nullable(),
    webhook: webhook.nullable(),
  })
  .meta({ id: "Job" });

export const jobsAnswer = z.object({ jobs: z.array(jobAnswer), nextPageToken: z.string().optional() });

export const jobResultAnswer = z.looseObject({
  id: z.string(),
  finishedAt: time,
  response: inferAnswer,
});
