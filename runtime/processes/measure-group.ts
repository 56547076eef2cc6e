import { readdir, readFile } from "node:fs/promises";

export interface GroupUsage {
  cpuSeconds?: number;
  peakMemoryBytes?: number;
}

/** In which Linux counts the time of processes, whatever the kernel's own (man 5 proc). */
const ticksPerSecond = 100;
const pageBytes = 4096;

/**
 * Samples what a process group uses, from /proc; where there is none, nothing is known.
 * @returns stops it, and gives what the last sample said of time, and the largest of memory
 */
export function measureGroup(leader: number, intervalMilliseconds = 500): () => GroupUsage {
  const usage: GroupUsage = {};
  let isSampling = false;
  const sample = async () => {
    if (isSampling) return;
    isSampling = true;
    const sampled = await groupNow(leader).catch(() => undefined);
    isSampling = false;
    if (sampled === undefined) return;
    usage.cpuSeconds = Math.max(usage.cpuSeconds ?? 0, sampled.cpuSeconds);
    usage.peakMemoryBytes = Math.max(usage.peakMemoryBytes ?? 0, sampled.memoryBytes);
  };
  const timer = setInterval(sample, intervalMilliseconds);
  timer.unref();
  void sample();
  return () => {
    clearInterval(timer);
    return { ...usage };
  };
}

/** Undefined where no process of the group is left. */
async function groupNow(leader: number): Promise<{ cpuSeconds: number; memoryBytes: number } | undefined> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(ids.map((id) => readFile(`/proc/${id}/stat`, "utf8").catch(() => "")));
  let cpuTicks = 0;
  let pages = 0;
  let found = 0;
  for (const stat of stats) {
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(fields[2]) !== leader) continue;
    found += 1;
    // Its own time and that of children which it has waited for.
    cpuTicks += [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    pages += Number(fields[21]);
  }
  return found === 0 ? undefined : { cpuSeconds: cpuTicks / ticksPerSecond, memoryBytes: pages * pageBytes };
}
