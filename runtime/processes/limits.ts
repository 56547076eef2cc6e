import { fileURLToPath } from "node:url";

/** What each process of a program may take; children have the same limits, each for itself. */
export interface ProcessLimits {
  /** Seconds of processor time, after which it gets SIGXCPU. */
  cpuSeconds?: number | undefined;
  /** Bytes of memory of its own; what is beyond it is refused. */
  memory?: number | undefined;
  /** Files and connections that are open at the same time. */
  openFiles?: number | undefined;
}

/** For those who catch SIGXCPU. */
const graceSeconds = 5;
/**
 * V8 reserves so much for the code of each thread and uses a few of it; Linux counts all as data of the process. Node is let
 * have it by a program of its name that raises the soft limit to the hard one.
 */
const codeMebibytes = 512;

/** To be first in the PATH of a program within limits. */
export const limitedPrograms = fileURLToPath(new URL("./bin", import.meta.url));

/** The command within the limits: set by a shell before it becomes the program, which needs no rights. */
export function withinLimits(command: readonly string[], limits: ProcessLimits): string[] {
  const { cpuSeconds, memory, openFiles } = limits;
  const settings = [
    // The soft limit first: the hard one must not be below it.
    ...(cpuSeconds === undefined
      ? []
      : [`ulimit -S -t ${cpuSeconds}`, `ulimit -H -t ${cpuSeconds + graceSeconds}`]),
    ...(memory === undefined ? [] : memorySettings(Math.ceil(memory / 1024))),
    ...(openFiles === undefined ? [] : [`ulimit -n ${openFiles}`]),
  ];
  if (settings.length === 0) return [...command];
  return ["sh", "-c", `${settings.join(" && ")} && exec "$@"`, "limits", ...command];
}

function memorySettings(kibibytes: number): string[] {
  const withCode = kibibytes + codeMebibytes * 1024;
  // The shell that sets this may have a lower hard limit itself, which then holds.
  return [`ulimit -S -d ${kibibytes}`, `{ ulimit -H -d ${withCode} 2>/dev/null || :; }`];
}
