import { closeSync, type FSWatcher, futimesSync, openSync, watch } from "node:fs";

export interface Bell {
  /** Tells every process that listens, this one included. */
  ring(): void;
  /** False where the system could not watch the file: then only looking at intervals finds out. */
  isHeard(): boolean;
  close(): void;
}

/** A file whose change time is the signal: rung after a commit, so that who hears it finds the message. */
export function createBell(file: string, onRing: () => void): Bell {
  const descriptor = openSync(file, "a");
  let isClosed = false;
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(file, { persistent: false }, onRing);
    watcher.on("error", () => {
      watcher?.close();
      watcher = undefined;
    });
  } catch {
    // The number of watches is limited by the system and shared with other programs.
  }
  return {
    ring() {
      if (isClosed) return;
      const now = new Date();
      try {
        futimesSync(descriptor, now, now);
      } catch {
        // The message is stored; without the bell it is found a little later.
      }
    },
    isHeard: () => watcher !== undefined,
    close() {
      isClosed = true;
      watcher?.close();
      closeSync(descriptor);
    },
  };
}
