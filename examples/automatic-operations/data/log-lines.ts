import { type FaultKind, faultKinds } from "./faults.ts";
import type { LogTemplates } from "./log-templates.ts";
import type { Random } from "./random.ts";

export interface LogLine {
  text: string;
  /** The fault that this line speaks of as present; undefined for everything else. */
  fault: FaultKind | undefined;
}

export interface LogSituation {
  /** Minutes since midnight. */
  minute: number;
  /** Name that the lines carry. */
  server: string;
  /** The fault that is active, and for how many minutes already. */
  fault: { kind: FaultKind; minutes: number } | undefined;
  /** What the server talks much about at the moment though nothing is wrong, such as its disks during a backup. */
  chatter: FaultKind | undefined;
  templates: LogTemplates;
  random: Random;
}

/** A fault shows in the log at least this often, the first time two minutes after its onset. */
const minutesBetweenFaultLines = 4;

/**
 * The lines of one minute: everyday messages, messages that use a fault's words though nothing is wrong, lines of
 * the fault itself, and now and then one of another kind of fault (a symptom further on, or a passing trouble).
 */
export function logLines(situation: LogSituation): LogLine[] {
  const { fault, chatter, templates, random } = situation;
  const lines: LogLine[] = [];
  const add = (from: readonly string[], levels: readonly string[], about?: FaultKind) => {
    lines.push({ text: logLine(situation, random.pick(from), random.pick(levels)), fault: about });
  };
  const addFault = (kind: FaultKind) => add(templates.faults[kind], ["INFO", "WARN", "WARN", "ERROR"], kind);
  if (random.chance(0.25)) add(templates.everyday, ["INFO", "INFO", "WARN", "ERROR"]);
  if (random.chance(0.1)) add(templates.harmless[random.pick(faultKinds)], ["INFO", "INFO", "WARN"]);
  if (chatter && random.chance(0.7)) add(templates.harmless[chatter], ["INFO", "WARN"]);
  if (fault && (fault.minutes % minutesBetweenFaultLines === 2 || random.chance(0.1))) addFault(fault.kind);
  if (random.chance(fault ? 0.04 : 0.01)) addFault(random.pick(faultKinds));
  return lines.sort((one, other) => (one.text < other.text ? -1 : 1));
}

const hosts = ["db-1", "cache-2", "10.0.3.17", "billing.internal", "search-4", "10.0.8.201", "auth.internal"];
const services = ["billing", "search", "inventory", "auth", "mail", "pricing", "session-store"];
const paths = [
  "/var/log/app",
  "/data/journal",
  "/srv/uploads",
  "/tmp/spool",
  "/data/index",
  "/var/lib/store",
];

function logLine({ minute, server, random }: LogSituation, template: string, level: string): string {
  const values: Record<string, () => string | number> = {
    n: () => random.integer(98) + 2,
    ms: () => Math.round(random.logUniform(40, 30_000)),
    id: () => random.integer(9000) + 1000,
    host: () => random.pick(hosts),
    service: () => random.pick(services),
    path: () => random.pick(paths),
  };
  const message = template.replace(/\{(\w+)\}/g, (_, slot: string) => {
    const value = values[slot];
    if (!value) throw new Error(`the log template "${template}" has an unknown slot {${slot}}`);
    return String(value());
  });
  const clock = [Math.floor(minute / 60) % 24, minute % 60, random.integer(60)];
  const time = clock.map((part) => String(part).padStart(2, "0")).join(":");
  return `${time} ${level} ${server}: ${message}`;
}
