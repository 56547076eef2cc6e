import { type FaultKind, faultKinds } from "./faults.ts";
import type { LogTemplates } from "./log-templates.ts";
import type { Random } from "./random.ts";

export interface LogSituation {
  /** Minutes since midnight. */
  minute: number;
  service: string;
  /** The fault that is active, and for how many minutes already. */
  fault: { kind: FaultKind; minutes: number } | undefined;
  templates: LogTemplates;
  random: Random;
}

/** Minutes after the onset in which a fault always shows in the log; in the others it does by chance. */
const certainMinutes = [2, 5, 8];

/**
 * The lines of one minute: everyday messages, messages that mention a fault's words though nothing is wrong, lines
 * of the fault itself, and now and then one of another kind of fault (a symptom further on, or a passing trouble).
 */
export function logLines(situation: LogSituation): string[] {
  const { fault, templates, random } = situation;
  const lines: string[] = [];
  const add = (from: readonly string[], levels: readonly string[]) => {
    lines.push(logLine(situation, random.pick(from), random.pick(levels)));
  };
  if (random.chance(0.25)) add(templates.everyday, ["INFO", "INFO", "INFO", "WARN"]);
  if (random.chance(0.15)) add(templates.harmless[random.pick(faultKinds)], ["INFO", "INFO", "WARN"]);
  if (fault && (certainMinutes.includes(fault.minutes) || random.chance(0.1)))
    add(templates.faults[fault.kind], ["WARN", "ERROR"]);
  if (random.chance(fault ? 0.04 : 0.01)) add(templates.faults[random.pick(faultKinds)], ["WARN", "ERROR"]);
  return lines.sort();
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

function logLine({ minute, service, random }: LogSituation, template: string, level: string): string {
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
  return `${time} ${level} ${service}: ${message}`;
}
