import { readFileSync } from "node:fs";

/** In which Linux counts the time of threads (man 5 proc). */
const ticksPerSecond = 100;

/** Seconds of processor time of the thread that asks; undefined where the system does not tell. */
export function threadCpuSeconds(): number | undefined {
  try {
    const stat = readFileSync("/proc/thread-self/stat", "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return undefined;
  }
}
