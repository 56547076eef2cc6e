import { createProcessTable } from "../components/clouds/local/processes/process-table.ts";

const table = createProcessTable();

/** Whether a process with this id runs, of whatever user; one that has ended and waits for its parent does not. */
export function isAlive(pid: number): boolean {
  return table.find(pid) !== undefined;
}
