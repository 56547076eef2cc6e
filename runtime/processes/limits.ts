import { fileURLToPath } from "node:url";
import { codeRangeMebibytes } from "./code-range.ts";

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

/** A `node` that raises the soft limit of memory to the hard one, which leaves room for what Node reserves for code. */
const limitedPrograms = fileURLToPath(new URL("./bin", import.meta.url));

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
  const parameters = memory === undefined ? command : [limitedPrograms, ...command];
  return ["sh", "-c", `${settings.join(" && ")} && exec "$@"`, "limits", ...parameters];
}

/** With the folder of limited programs as the first parameter, which becomes the first of the PATH. */
function memorySettings(kibibytes: number): string[] {
  const withCode = kibibytes + codeRangeMebibytes * 1024;
  return [
    `ulimit -S -d ${kibibytes}`,
    // The shell that sets this may have a lower hard limit itself, which then holds.
    `{ ulimit -H -d ${withCode} 2>/dev/null || :; }`,
    'PATH="$1:$PATH"',
    "shift",
  ];
}
