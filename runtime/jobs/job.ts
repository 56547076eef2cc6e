import { createHash } from "node:crypto";
import type { Problem } from "../errors.ts";

/** The type of a message that asks for an inference; every other type triggers workflows. */
export const INFERENCE_JOB = "skyloom.inference";

/** `pending` until it runs, and again between two attempts. */
export const jobStates = ["pending", "running", "succeeded", "failed", "cancelled"] as const;
export type JobState = (typeof jobStates)[number];

export interface JobError {
  code: string;
  message: string;
  problems: Problem[];
}

/** What became of telling the end to an address of the sender's. */
export interface JobWebhook {
  url: string;
  /** `pending` until the receiver took it, or the last attempt failed. */
  state: "pending" | "delivered" | "failed";
  attempts: number;
  /** RFC 3339. */
  nextAttemptAt: string | null;
  /** Why the last attempt failed. */
  error: string | null;
}

/** An inference that nobody waits for; its times are RFC 3339 in UTC. */
export interface Job {
  /** The message's, or what the sender gave. */
  id: string;
  state: JobState;
  /** A model or a route. */
  model: string;
  version: string | null;
  createdAt: string;
  /** Of the last attempt. */
  startedAt: string | null;
  finishedAt: string | null;
  attempts: number;
  /** Why it failed; while it is pending, why the last attempt did. */
  error: JobError | null;
  /** The result's key in the bucket, once there is one. */
  result: string | null;
  webhook: JobWebhook | null;
}

/** A job as it is kept in the bucket. */
export interface JobRecord extends Job {
  /** SHA-256 of what was asked for: two requests with one id are the same job only where they ask for the same. */
  requestSha256: string;
  /** Whether the message that tells the end is on the queue. */
  isEndQueued: boolean;
}

export function isEnded({ state }: Pick<Job, "state">): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled";
}

/** An id is any text; a part of a key is not. */
export function jobKeyPart(id: string): string {
  return /^[A-Za-z0-9_-]{1,128}$/.test(id) ? id : sha256(id);
}

export function resultKey(id: string): string {
  return `results/${jobKeyPart(id)}.json`;
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What callers see of a record. */
export function jobOf({ requestSha256: _request, isEndQueued: _end, ...job }: JobRecord): Job {
  return job;
}
