import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** What a process group has taken. */
export interface GroupUsage {
  /**
   * Of its processes together. Pages that they share count once where the system says so (Linux: proportional set
   * size); elsewhere it is the sum of their resident sets.
   */
  memoryMb: number;
  /** Of all processors since its processes began, in ms; undefined where the system does not tell it so finely. */
  processorMs: number | undefined;
}

/** Of Linux, for the times of /proc. */
const TICKS_A_SECOND = 100;
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** Undefined where there is no such group any more. */
export function readGroupUsage(groupId: number): GroupUsage | undefined {
  const processes = groupProcesses(groupId);
  if (processes.length === 0) return undefined;
  const bytes = processes.reduce((sum, { pid, residentBytes }) => {
    return sum + (proportionalBytes(pid) ?? residentBytes);
  }, 0);
  const times = processes.map(({ pid }) => processorMs(pid)).filter((time) => time !== undefined);
  return {
    memoryMb: Math.round(bytes / 100_000) / 10,
    processorMs: times.length === 0 ? undefined : times.reduce((sum, time) => sum + time, 0),
  };
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
  const kibibytes = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

function processorMs(pid: number): number | undefined {
  const text = read(`/proc/${pid}/stat`);
  // The name before the last parenthesis may have spaces.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME]);
  return Number.isNaN(ticks) ? undefined : (ticks * 1000) / TICKS_A_SECOND;
}

/** Empty where there is no such file, or it may not be read. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
