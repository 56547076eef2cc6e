import { readFileSync } from "node:fs";
import { canPin } from "./processes.ts";

/** Processors for the larger models: one for the server, another for the load generator. */
export interface Cores {
  server: number | undefined;
  load: number | undefined;
}

/** Undefined both where there are not two, or nothing can be held to one. */
export function chooseCores(): Cores {
  if (!canPin()) return { server: undefined, load: undefined };
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
  const [server, load] = parseCpuList(list);
  return load === undefined ? { server: undefined, load: undefined } : { server, load };
}

/** The numbers of a list as Linux writes it, such as `0-2,7`. */
export function parseCpuList(list: string): number[] {
  return list
    .split(",")
    .filter(Boolean)
    .flatMap((range) => {
      const [first = 0, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}
