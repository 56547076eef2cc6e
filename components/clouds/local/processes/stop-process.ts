import { setTimeout as sleep } from "node:timers/promises";
import { findPortHolder } from "./port-holders.ts";
import { isInUse } from "./ports.ts";
import { familyOf, type ProcessRecord, readRecord, removeRecord } from "./process-record.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";

const POLL_MILLISECONDS = 20;
const KILL_MILLISECONDS = 5000;
const PORT_MILLISECONDS = 2000;

/**
 * Stops the process that was started from the folder, with everything it started: SIGTERM, then after the record's
 * stopSeconds SIGKILL. Nothing to do where nothing runs.
 * @param record the process to stop. Default: the one that the folder's record names.
 * @throws Error when something is left, or when a port of it stays in use.
 */
export async function stopProcess(
  stateFolder: string,
  table: ProcessTable,
  record = readRecord(stateFolder),
): Promise<void> {
  if (record === undefined) return;
  const family = familyOf(record, table);
  if (family.length > 0) {
    send(record, family, "SIGTERM");
    if (!(await areGone(record, family, table, record.stopSeconds * 1000))) {
      send(record, remaining(record, family, table), "SIGKILL");
      if (!(await areGone(record, family, table, KILL_MILLISECONDS)))
        throw new Error(`cannot be stopped: ${pidsOf(remaining(record, family, table))} outlived SIGKILL`);
    }
    await portsAreFree(record);
  }
  // Another update may have started a successor from the same folder.
  const current = readRecord(stateFolder);
  if (current?.pid === record.pid && current.startTime === record.startTime) removeRecord(stateFolder);
}

/** A graceful stop is the leader's business; its group gets the signal at the same time, as at a terminal. */
function send(record: ProcessRecord, family: ProcessEntry[], signal: NodeJS.Signals): void {
  const others = family.filter((entry) => entry.group !== record.pid && signal === "SIGKILL");
  for (const target of [-record.pid, ...others.map((entry) => entry.pid)]) {
    try {
      process.kill(target, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** Those of the family that are still there, also when they lost their parent, and what they started since. */
function remaining(record: ProcessRecord, family: ProcessEntry[], table: ProcessTable): ProcessEntry[] {
  const survivors = family.filter(({ pid, startTime }) => table.find(pid)?.startTime === startTime);
  const newcomers = familyOf(record, table).filter(({ pid }) => !survivors.some((one) => one.pid === pid));
  return [...survivors, ...newcomers];
}

async function areGone(
  record: ProcessRecord,
  family: ProcessEntry[],
  table: ProcessTable,
  milliseconds: number,
): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (remaining(record, family, table).length > 0) {
    if (Date.now() >= deadline) return false;
    await sleep(POLL_MILLISECONDS);
  }
  return true;
}

async function portsAreFree(record: ProcessRecord): Promise<void> {
  const deadline = Date.now() + PORT_MILLISECONDS;
  for (const port of record.ports)
    while (await isInUse(port)) {
      const holder = findPortHolder(port.port);
      // Another program was quicker to take it; that is for the next start to report.
      if (holder !== undefined) break;
      if (Date.now() >= deadline) throw new Error(`${port.host}:${port.port} stays in use after the stop`);
      await sleep(POLL_MILLISECONDS);
    }
}

const pidsOf = (entries: ProcessEntry[]) => entries.map((entry) => `pid ${entry.pid}`).join(", ");
