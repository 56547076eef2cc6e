import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface StartedProcess {
  /** What it has printed so far, one JSON value a line. */
  lines: unknown[];
  /** Resolves once it has printed this many lines; rejects when it ends before. */
  printed(count: number): Promise<void>;
  /** Resolves with its exit status, null after a signal. */
  ended: Promise<number | null>;
  /** kill -9; resolves when it is gone and all that it printed was read. */
  kill(): Promise<void>;
}

/** Starts a script of this folder as a process of its own. */
export function startProcess(script: string, parameters: string[]): StartedProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return follow(
    spawn(process.execPath, ["--no-warnings", path, ...parameters], { stdio: ["ignore", "pipe", "inherit"] }),
  );
}

/** Follows a process that prints JSON lines. */
export function follow(child: ChildProcess): StartedProcess {
  const lines: unknown[] = [];
  const waiting: { count: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  if (child.stdout === null) throw new Error("the process has no standard output to follow");
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => {
    lines.push(JSON.parse(line));
    for (const { count, resolve } of waiting) if (lines.length >= count) resolve();
  });
  const read = new Promise<void>((resolve) => reader.once("close", resolve));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status) => read.then(() => resolve(status)));
  });
  ended.then(
    (status) => {
      for (const { reject } of waiting)
        reject(new Error(`the process ended early, with exit status ${status}`));
    },
    () => undefined,
  );
  return {
    lines,
    ended,
    printed(count) {
      if (lines.length >= count) return Promise.resolve();
      return new Promise((resolve, reject) => waiting.push({ count, resolve, reject }));
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

export function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
