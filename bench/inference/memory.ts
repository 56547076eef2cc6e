import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Memory of a process group in MB (10^6 bytes). Pages that its processes share count once where the system says so
 * (Linux: proportional set size); elsewhere it is the sum of their resident sets. Null where neither can be read.
 */
export function groupMemoryMb(groupId: number): number | null {
  const processes = groupProcesses(groupId);
  if (processes.length === 0) return null;
  const bytes = processes.reduce((sum, { pid, residentBytes }) => {
    const proportional = proportionalBytes(pid);
    return sum + (proportional ?? residentBytes);
  }, 0);
  return Math.round(bytes / 100_000) / 10;
}

function groupProcesses(groupId: number): { pid: number; residentBytes: number }[] {
  return execFileSync("ps", ["-A", "-o", "pid=,pgid=,rss="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, group]) => group === groupId)
    .map(([pid = 0, , kibibytes = 0]) => ({ pid, residentBytes: kibibytes * 1024 }));
}

function proportionalBytes(pid: number): number | undefined {
  try {
    const kibibytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}
