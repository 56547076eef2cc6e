import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { diskSpaceProblem, explainDiskError } from "./disk-space.ts";
import { type HealthCheck, waitUntilHealthy } from "./health-check.ts";
import { lastLines, openLog } from "./log-file.ts";
import { findPortConflicts } from "./ports.ts";
import { type ListeningPort, logFile, type ProcessRecord, writeRecord } from "./process-record.ts";
import type { ProcessTable } from "./process-table.ts";
import { stopProcess } from "./stop-process.ts";

export interface ProcessLimits {
  /**
   * Bytes of private writable memory (RLIMIT_DATA), at least 1 MiB. Enforced on Linux; macOS takes the setting and
   * does not enforce it. Default: no limit.
   */
  memoryBytes?: number | undefined;
  /** Open files, sockets included (RLIMIT_NOFILE). Default: as in the shell that runs the update. */
  openFiles?: number | undefined;
}

export interface ProcessSettings {
  /** The program as an absolute path, then its arguments. Never put secrets here: everyone can read them. */
  command: string[];
  workingDirectory: string;
  /** Added to PATH, HOME, LANG and TMPDIR of whoever runs the update; nothing else is passed on. */
  environment: Record<string, string>;
  ports: ListeningPort[];
  /** Absent: the process counts as healthy when it is alive a quarter of a second after its start. */
  healthCheck?: HealthCheck | undefined;
  limits: ProcessLimits;
  /** Holds the log and the record of the process. */
  stateFolder: string;
  /** From SIGTERM to SIGKILL. */
  stopSeconds: number;
  /** Values of the environment that no message may show. */
  secrets: string[];
}

const ALIVE_MILLISECONDS = 250;
const PASSED_ON = ["HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ"];
// exec keeps the pid, so that the process is the shell's successor and no child of it.
const LIMITED_EXEC =
  '[ -z "$1" ] || ulimit -d "$1" || exit 126; [ -z "$2" ] || ulimit -n "$2" || exit 126; shift 2; exec "$@"';

/**
 * Starts the process in a session of its own and waits until it is healthy. What still ran from the same folder is
 * stopped first. When this fails nothing is left running.
 * @throws Error with the last lines of the process's log.
 */
export async function startProcess(
  settings: ProcessSettings,
  table: ProcessTable,
  signal: AbortSignal,
): Promise<ProcessRecord> {
  const { stateFolder } = settings;
  await stopProcess(stateFolder, table);
  const problem = diskSpaceProblem(stateFolder);
  if (problem !== undefined) throw new Error(problem);
  await checkPorts(settings, table);
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
    const log = openLog(logFile(stateFolder));
    try {
      return await launch(settings, log, table, signal);
    } finally {
      closeSync(log.descriptor);
    }
  } catch (error) {
    throw explainDiskError(error, stateFolder);
  }
}

async function launch(
  settings: ProcessSettings,
  log: { descriptor: number; offset: number },
  table: ProcessTable,
  signal: AbortSignal,
): Promise<ProcessRecord> {
  const { stateFolder } = settings;
  const child = await spawnLimited(settings, log.descriptor);
  const record: ProcessRecord = {
    pid: child.pid ?? 0,
    startTime: table.find(child.pid ?? 0)?.startTime ?? "ended at once",
    startedAt: new Date().toISOString(),
    ports: settings.ports,
    stopSeconds: settings.stopSeconds,
  };
  let failure: string | undefined;
  try {
    // Before the wait: should this program be killed in it, the next one finds the process by its record.
    writeRecord(stateFolder, record);
    failure = await waitForStart(child, settings.healthCheck, signal);
  } catch (error) {
    process.kill(-record.pid, "SIGKILL");
    throw error;
  }
  if (failure === undefined) return record;
  await stopProcess(stateFolder, table, record);
  const lines = lastLines(logFile(stateFolder), log.offset, settings.secrets);
  const limits = describeLimits(settings.limits);
  throw new Error(
    `${failure}${limits}\nlast lines of ${logFile(stateFolder)}:\n${lines.replaceAll(/^/gm, "  ")}`,
  );
}

/** @throws Error that names who holds a port of the process. */
async function checkPorts({ ports }: ProcessSettings, table: ProcessTable): Promise<void> {
  const conflicts = await findPortConflicts(ports, [], table);
  if (conflicts.length === 0) return;
  const descriptions = conflicts.map(
    ({ port, holder }) => `${port.host}:${port.port} (${port.name}) by ${holder || "another program"}`,
  );
  throw new Error(`ports are in use: ${descriptions.join(", ")}`);
}

async function spawnLimited(settings: ProcessSettings, log: number): Promise<ChildProcess> {
  const { memoryBytes, openFiles } = settings.limits;
  const kibibytes = memoryBytes === undefined ? "" : String(Math.floor(memoryBytes / 1024));
  const parameters = ["sh", kibibytes, String(openFiles ?? ""), ...settings.command];
  const child = spawn("/bin/sh", ["-c", LIMITED_EXEC, ...parameters], {
    cwd: settings.workingDirectory,
    env: { ...baseEnvironment(), ...settings.environment },
    detached: true,
    stdio: ["ignore", log, log],
  });
  await once(child, "spawn");
  child.unref();
  return child;
}

/** Scripts that the process starts by name `node` get the Node that runs this. */
function baseEnvironment(): Record<string, string> {
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const path = process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin";
  return { ...Object.fromEntries(passedOn), PATH: `${dirname(process.execPath)}:${path}` };
}

/** undefined when the process is healthy, else why it is not. */
async function waitForStart(
  child: ChildProcess,
  healthCheck: HealthCheck | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const finished = new AbortController();
  const ended = once(child, "exit", { signal: finished.signal }).then(
    ([code, by]) => (by === null ? `ended with exit status ${code}` : `was ended by ${by}`),
    () => undefined,
  );
  const wait = AbortSignal.any([finished.signal, signal]);
  try {
    return await Promise.race([
      ended,
      healthCheck === undefined
        ? sleep(ALIVE_MILLISECONDS, undefined, { signal: wait }).catch(() => "start was cancelled")
        : healthy(healthCheck, wait, signal),
    ]);
  } finally {
    finished.abort();
  }
}

async function healthy(
  healthCheck: HealthCheck,
  wait: AbortSignal,
  cancelled: AbortSignal,
): Promise<string | undefined> {
  const timeout = AbortSignal.timeout(healthCheck.timeoutSeconds * 1000);
  const problem = await waitUntilHealthy(healthCheck.url, AbortSignal.any([wait, timeout]));
  if (problem === undefined) return undefined;
  if (cancelled.aborted) return "start was cancelled";
  return `did not become healthy within ${healthCheck.timeoutSeconds} s: ${problem}`;
}

function describeLimits({ memoryBytes, openFiles }: ProcessLimits): string {
  const parts = [
    memoryBytes === undefined ? [] : [`${memoryBytes} bytes of memory`],
    openFiles === undefined ? [] : [`${openFiles} open files`],
  ].flat();
  return parts.length === 0 ? "" : ` (its limits: ${parts.join(", ")})`;
}
