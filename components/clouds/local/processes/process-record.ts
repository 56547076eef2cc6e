import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";

export interface ListeningPort {
  /** What it is for, as the workload calls it. */
  name: string;
  host: string;
  port: number;
}

/** What a state folder says about the process that was started from it. */
export interface ProcessRecord {
  pid: number;
  startTime: string;
  /** RFC 3339. */
  startedAt: string;
  ports: ListeningPort[];
  stopSeconds: number;
}

const recordFile = (stateFolder: string) => join(stateFolder, "process.json");

export const logFile = (stateFolder: string) => join(stateFolder, "process.log");

/** undefined where nothing was started from this folder, or where it was stopped. */
export function readRecord(stateFolder: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(stateFolder), "utf8"));
  } catch (error) {
    // A machine that lost power can leave an empty file; the process did not outlive it.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export function writeRecord(stateFolder: string, record: ProcessRecord): void {
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const temporary = `${recordFile(stateFolder)}.${process.pid}`;
  try {
    writeFileSync(temporary, JSON.stringify(record));
    renameSync(temporary, recordFile(stateFolder));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

export function removeRecord(stateFolder: string): void {
  rmSync(recordFile(stateFolder), { force: true });
}

/** Whether the very process of the record is alive, and not another one that got its pid since. */
export function isAlive(record: ProcessRecord, table: ProcessTable): boolean {
  return table.find(record.pid)?.startTime === record.startTime;
}

/** The process of the record with everything it started: its group, and its descendants in groups of their own. */
export function familyOf(record: ProcessRecord, table: ProcessTable): ProcessEntry[] {
  const all = table.list();
  const leader = all.find((entry) => entry.pid === record.pid);
  // The pid belongs to another process now, so the group of that number does too.
  if (leader !== undefined && leader.startTime !== record.startTime) return [];
  const family = all.filter((entry) => entry.pid === record.pid || entry.group === record.pid);
  for (const member of family)
    family.push(...all.filter((entry) => entry.parent === member.pid && !family.includes(entry)));
  return family;
}
