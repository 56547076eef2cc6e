import { createHash } from "node:crypto";
import { ApiError } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import type { Json } from "./workflow.ts";

/** Results of tasks with a `cache`, in the bucket by what they depend on. */
export interface TaskResults {
  /** @param maximumAge seconds; undefined: for ever */
  find(key: string, maximumAge: number | undefined): Promise<Record<string, Json> | undefined>;
  keep(key: string, outputs: Record<string, Json>): Promise<void>;
}

export const taskResultsPrefix = "task-results/";

/** What a result depends on; all of it. */
export interface ResultContent {
  uses: string;
  /** The evaluated `with`. */
  parameters: Json;
  /** The workflow's own files, path to text. */
  files: Record<string, string>;
  /** The evaluated `cache.key`. */
  key: string;
}

export function resultKey({ uses, parameters, files, key }: ResultContent): string {
  const content = JSON.stringify(sorted([uses, parameters, files, key]));
  return `${taskResultsPrefix}${createHash("sha256").update(content).digest("hex")}.json`;
}

export function createTaskResults(store: ObjectStore, now: () => number = Date.now): TaskResults {
  return {
    async find(key, maximumAge) {
      const object = await store.get(key);
      if (object === undefined) return undefined;
      const age = (now() - object.lastModified.getTime()) / 1000;
      if (maximumAge !== undefined && age > maximumAge) return undefined;
      return (JSON.parse(Buffer.from(object.body).toString("utf8")) as { outputs: Record<string, Json> })
        .outputs;
    },
    async keep(key, outputs) {
      try {
        await store.put(key, JSON.stringify({ outputs }));
      } catch (error) {
        // The result itself is recorded with the run; what is lost is only that others need not compute it.
        if (!(error instanceof ApiError)) throw error;
      }
    },
  };
}

/** The same whatever the order of members. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
