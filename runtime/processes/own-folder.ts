import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "skyloom-task";
const machine = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
const pattern = new RegExp(`^${prefix}-${machine}-(\\d+)-(\\d+)-`);

/** An empty temporary folder that tells whose it is. The caller removes it; after a kill `removeAbandonedFolders` does. */
export async function createOwnFolder(): Promise<string> {
  const start = startOf(process.pid) ?? 0;
  return await mkdtemp(join(tmpdir(), `${prefix}-${machine}-${process.pid}-${start}-`));
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Removes the folders of processes of this machine that are no more. @returns how many */
export async function removeAbandonedFolders(): Promise<number> {
  let removed = 0;
  for (const name of await readdir(tmpdir())) {
    const [, pid, start] = pattern.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid), Number(start))) continue;
    await removeFolder(join(tmpdir(), name));
    removed += 1;
  }
  return removed;
}

function isAlive(pid: number, start: number): boolean {
  const now = startOf(pid);
  // Another process may have got the number since.
  if (now !== undefined) return now === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When a process began, in the kernel's ticks; undefined where there is none, or no /proc. */
function startOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is a name in brackets, which may hold anything; the 22nd is wanted.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  } catch {
    return undefined;
  }
}
