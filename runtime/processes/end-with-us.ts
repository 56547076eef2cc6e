import { type ChildProcess, spawn } from "node:child_process";

/** Reads its input: a line means that the group has ended by itself, an end without one that we were killed. */
const watch = 'read -r line || kill -KILL "-$1"';

/**
 * Sees to it that a process group ends when this process does, however it does: a shell beside it waits for the end of a
 * pipe that only we hold.
 * @param leader the group's id, of a child that is detached
 * @returns says that the group has ended
 */
export function endWithUs(leader: number): () => void {
  const watcher: ChildProcess = spawn("/bin/sh", ["-c", watch, "sh", String(leader)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Without a shell the group is as safe as it was before.
  watcher.once("error", () => undefined);
  watcher.stdin?.once("error", () => undefined);
  watcher.unref();
  return () => watcher.stdin?.end("\n");
}
