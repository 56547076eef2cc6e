import { errorMessage } from "../errors.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { BoundedText } from "./bounded-text.ts";
import { taskLogPrefix } from "./run.ts";
import type { WorkflowLogger } from "./task-type.ts";

/** What one attempt of a task tells while it runs. */
export interface TaskLog {
  append(text: string | Uint8Array): void;
  /** Resolves when all of it is in the bucket; a log that cannot be written fails no task. */
  close(): Promise<void>;
}

export interface TaskLogOptions {
  store: ObjectStore;
  logger: WorkflowLogger;
  runId: string;
  /** The task, or `TASK/ITEM` for an item of it. */
  name: string;
  attempt: number;
  /** Milliseconds between two writes while text comes. Default 1000. */
  intervalMilliseconds?: number;
  now?: () => number;
}

/** An object is written again until it holds this much, then the next one begins: few objects, few bytes twice. */
const maximumSegmentBytes = 64 * 1024;
/** Of an attempt's log so much is kept from its beginning, and `maximumTailBytes` from its end. */
const maximumHeadBytes = 4 * 1024 * 1024;
const maximumTailBytes = 64 * 1024;
const lastSegment = 999_999;

/** Writes nothing, and holds no timer, until something is appended. */
export function createTaskLog(options: TaskLogOptions): TaskLog {
  const { store, logger, runId, name, attempt, intervalMilliseconds = 1000, now = Date.now } = options;
  let head: Buffer[] = [];
  let headBytes = 0;
  let isWritten = true;
  let writtenBytes = 0;
  let tail: BoundedText | undefined;
  let segment = 0;
  let prefix = "";
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function append(text: string | Uint8Array): void {
    const chunk = Buffer.from(text as string);
    if (chunk.length === 0) return;
    // By time: an attempt that a crash interrupted is executed again under its number, a retried run counts from 1 again.
    prefix ||= `${taskLogPrefix(runId, name)}${String(now()).padStart(14, "0")}-${String(attempt).padStart(4, "0")}-`;
    const room = Math.max(0, maximumHeadBytes - writtenBytes - headBytes);
    if (room > 0) {
      head.push(chunk.subarray(0, room));
      headBytes += Math.min(room, chunk.length);
      isWritten = false;
    }
    if (chunk.length > room) {
      tail ??= new BoundedText(maximumTailBytes);
      tail.append(chunk.subarray(room));
    }
    later();
  }

  function later(): void {
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      write();
    }, intervalMilliseconds);
    timer.unref();
  }

  function write(): Promise<void> {
    writing = writing.then(writeHead).catch((error) => {
      logger.warn(
        { run: runId, task: name, reason: errorMessage(error) },
        "the task's log cannot be written",
      );
    });
    return writing;
  }

  async function writeHead(): Promise<void> {
    while (!isWritten) {
      const all = Buffer.concat(head);
      head = [all];
      isWritten = true;
      const part = all.subarray(0, maximumSegmentBytes);
      try {
        await store.put(prefix + segmentName(segment), part);
      } catch (error) {
        isWritten = false;
        throw error;
      }
      if (part.length < maximumSegmentBytes) return;
      // Appended to meanwhile, perhaps.
      const rest = Buffer.concat(head).subarray(part.length);
      head = [rest];
      isWritten = rest.length === 0;
      headBytes = rest.length;
      writtenBytes += part.length;
      segment += 1;
    }
  }

  return {
    append,
    async close() {
      clearTimeout(timer);
      timer = undefined;
      if (prefix === "") return;
      await write();
      if (tail === undefined) return;
      const text = tail.toString();
      writing = writing.then(async () => {
        await store.put(prefix + segmentName(lastSegment), `\n${text}`).catch((error) => {
          logger.warn(
            { run: runId, task: name, reason: errorMessage(error) },
            "the task's log cannot be written",
          );
        });
      });
      await writing;
    },
  };
}

function segmentName(segment: number): string {
  return `${String(segment).padStart(6, "0")}.log`;
}
