import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { Log } from "@kubernetes/client-node";
import { containerName } from "./job.ts";

export interface FollowLogOptions {
  api: Pick<Log, "log">;
  namespace: string;
  pod: string;
  log(text: string): void;
  /** Whether the container has ended: then a connection made later brings all that is left. */
  hasEnded(): boolean;
  /** Aborted: nobody reads it any more. */
  signal: AbortSignal;
  /** Waits a moment before the next connection. */
  pause(): Promise<void>;
}

/**
 * Passes on what a pod's container prints, each line once, however often the connection breaks. Resolves when all of it
 * has come, or what is left of it is gone with the pod.
 */
export async function followLog(options: FollowLogOptions): Promise<void> {
  const lines = new TimedLines(options.log);
  for (;;) {
    const isLast = options.hasEnded();
    const isGone = await followOnce(options, lines);
    if (options.signal.aborted || isGone || isLast) return;
    await options.pause();
  }
}

/** @returns whether the pod is gone */
async function followOnce(options: FollowLogOptions, lines: TimedLines): Promise<boolean> {
  const { api, namespace, pod, signal } = options;
  let controller: AbortController | undefined;
  const stop = () => controller?.abort();
  try {
    const target = lines.writable();
    // The library tells of a broken connection by nothing but the source's end.
    const closed = new Promise<void>((resolve) => {
      target.once("pipe", (source) => {
        source.once("error", () => resolve());
        source.once("close", () => resolve());
      });
    });
    signal.addEventListener("abort", stop, { once: true });
    controller = await api.log(namespace, pod, containerName, target, {
      follow: true,
      timestamps: true,
      ...lines.since(),
    });
    if (signal.aborted) stop();
    await closed;
    return false;
  } catch (error) {
    return (error as { code?: unknown }).code === 404;
  } finally {
    signal.removeEventListener("abort", stop);
    lines.endConnection();
  }
}

/** Takes `TIME TEXT` lines, and passes on the text of those that are newer than all before. */
class TimedLines {
  readonly #log: (text: string) => void;
  #last = "";
  /** Lines of one time that came in this connection belong together. */
  #before = "";
  #rest = "";

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  since(): { sinceTime?: string } {
    return this.#last === "" ? {} : { sinceTime: this.#last };
  }

  writable(): Writable {
    const decoder = new StringDecoder("utf8");
    this.#before = this.#last;
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.#take(decoder.write(chunk));
        done();
      },
    });
  }

  /** A line that was cut comes again as a whole; one without an end may be the container's last. */
  endConnection(): void {
    if (this.#rest !== "") this.#line(this.#rest, "");
    this.#rest = "";
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line, "\n");
  }

  #line(line: string, end: string): void {
    const at = line.indexOf(" ");
    const time = line.slice(0, at);
    // The kubelet writes all nine digits, so times of one pod are in order as text.
    if (at < 0 || time <= this.#before) return;
    this.#last = time;
    this.#log(line.slice(at + 1) + end);
  }
}
