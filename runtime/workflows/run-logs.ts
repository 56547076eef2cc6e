import { setTimeout as delay } from "node:timers/promises";
import { listAll } from "../object-store/list-all.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { runLogPrefix, taskLogPrefix } from "./run.ts";

/** A part of a task's log, as it was written: it may begin and end within a line, or within a character. */
export interface LogPart {
  /** The task, or `TASK/ITEM`. */
  task: string;
  bytes: Buffer;
}

export interface ReadLogOptions {
  /** Only this task, with its items. Default: all. */
  task?: string | undefined;
  /** Goes on until the run has ended. Default false: what there is now. */
  follow?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** How often the bucket is asked for more. Default 500. */
  intervalMilliseconds?: number;
}

/** What tasks have logged, each task's parts in order; while a task runs its newest second may be missing. */
export async function* readRunLog(
  store: ObjectStore,
  runId: string,
  isEnded: () => Promise<boolean>,
  options: ReadLogOptions = {},
): AsyncGenerator<LogPart> {
  const { task, follow = false, signal, intervalMilliseconds = 500 } = options;
  const prefix = task === undefined ? runLogPrefix(runId) : taskLogPrefix(runId, task);
  const seen = new Map<string, number>();
  for (;;) {
    // Asked first: what is written until the end is then read below.
    const isLast = !follow || (await isEnded());
    for await (const { key, size } of listAll(store, prefix)) {
      const from = seen.get(key) ?? 0;
      if (size <= from) continue;
      const object = await store.get(key);
      if (object === undefined) continue;
      seen.set(key, object.body.length);
      yield { task: taskOfKey(runId, key), bytes: Buffer.from(object.body).subarray(from) };
    }
    if (isLast) return;
    try {
      await delay(intervalMilliseconds, undefined, { signal });
    } catch {
      return;
    }
  }
}

export async function* bytesOf(parts: AsyncIterable<LogPart>): AsyncGenerator<Buffer> {
  for await (const { bytes } of parts) yield bytes;
}

/** Whole lines, each after `TASK | `: parts of several tasks may come in turn. */
export async function* linesOfTasks(parts: AsyncIterable<LogPart>): AsyncGenerator<Buffer> {
  const begun = new Map<string, Buffer>();
  for await (const { task, bytes } of parts) {
    const text = Buffer.concat([begun.get(task) ?? Buffer.alloc(0), bytes]);
    const end = text.lastIndexOf("\n") + 1;
    begun.set(task, text.subarray(end));
    if (end > 0) yield withName(task, text.subarray(0, end));
  }
  for (const [task, rest] of begun) if (rest.length > 0) yield withName(task, rest);
}

function withName(task: string, text: Buffer): Buffer {
  // Latin-1 keeps every byte as it is, whatever the text's encoding.
  const lines = text.toString("latin1").replace(/\n$/, "").split("\n");
  const name = Buffer.from(`${task} | `).toString("latin1");
  return Buffer.from(lines.map((line) => `${name}${line}\n`).join(""), "latin1");
}

function taskOfKey(runId: string, key: string): string {
  return key.slice(runLogPrefix(runId).length, key.lastIndexOf("/"));
}
