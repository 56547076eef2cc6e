import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface PortHolder {
  pid: number;
  /** The start of its command line. */
  command: string;
}

const LISTENING = "0A";

/**
 * Who listens on a TCP port of this machine, whatever the address.
 * @returns undefined where nobody does, where it is another user's process, or where the system is not Linux.
 */
export function findPortHolder(port: number): PortHolder | undefined {
  if (process.platform !== "linux") return undefined;
  const sockets = new Set(
    ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => listeningSockets(file, port)),
  );
  if (sockets.size === 0) return undefined;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name) || !hasSocket(name, sockets)) continue;
    return { pid: Number(name), command: commandOf(name) };
  }
  return undefined;
}

/** proc_pid_net(5): local address and port in hexadecimal, then the state; the tenth column is the inode. */
function listeningSockets(file: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return readIfThere(() => readFileSync(file, "utf8"), "")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(suffix) && columns[3] === LISTENING)
    .map((columns) => `socket:[${columns[9]}]`);
}

function hasSocket(pid: string, sockets: Set<string>): boolean {
  return readIfThere(() => readdirSync(`/proc/${pid}/fd`), []).some((descriptor) =>
    sockets.has(readIfThere(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`), "")),
  );
}

/** At most 100 characters: a command line may hold anything. */
function commandOf(pid: string): string {
  const words = readIfThere(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"), "").replaceAll("\0", " ");
  return words.trim().slice(0, 100);
}

/** Processes come and go while they are looked at, and those of other users cannot be looked into. */
function readIfThere<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
