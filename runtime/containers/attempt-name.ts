import { createHash } from "node:crypto";
import type { ContainerRequest } from "./container-runner.ts";

const prefix = "skyloom.dev";

/** Where the three that name a container are noted down; an identifier may be longer than a label. */
export const annotations = {
  run: `${prefix}/run`,
  task: `${prefix}/task`,
  attempt: `${prefix}/attempt`,
};

/** Which runtime's containers they are: several may share a cluster's namespace or a machine's Docker. */
export const ownerLabel = `${prefix}/owner`;
export const runLabel = `${prefix}/run`;

/** Short text that stands for others, of letters and digits. */
export function digestOf(...parts: string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/**
 * The name of an attempt's container: the same for the same attempt, told apart from every other's. At most 58 small
 * letters, digits and hyphens, which leaves room for what a cluster adds to it.
 */
export function attemptName(owner: string, { runId, task, attempt }: AttemptKey): string {
  const readable = task
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 32)
    .replace(/-+$/, "");
  return `${readable.replace(/^[^a-z]+/, "") || "task"}-${attempt}-${digestOf(owner, runId, task, String(attempt))}`;
}

export type AttemptKey = Pick<ContainerRequest, "runId" | "task" | "attempt">;
