import { type FaultKind, faultKinds, randomFault } from "./faults.ts";
import type { LogLine } from "./log-lines.ts";
import { heldOutTemplates, type LogTemplates, trainingTemplates } from "./log-templates.ts";
import { createRandom, type Random } from "./random.ts";
import { randomProfile } from "./server-profile.ts";
import { ServerSimulation } from "./server-simulation.ts";

/** Minutes, so also rows, of a window. */
export const windowMinutes = 30;

/** One example: what a server reports in half an hour. */
export interface LabelledWindow {
  server: string;
  /** windowMinutes rows in the order of `metricNames`. */
  metrics: number[][];
  logs: LogLine[];
  /** Undefined where nothing is wrong. */
  fault: FaultKind | undefined;
}

export interface Dataset {
  training: LabelledWindow[];
  /** Other servers and other message templates than in training. */
  heldOut: LabelledWindow[];
}

export interface DatasetSettings {
  seed: number;
  trainingServers: number;
  heldOutServers: number;
  /** Half of them are healthy, the others are spread evenly over the kinds. */
  windowsPerServer: number;
}

/** The same settings give the same windows, on any machine. */
export function generateDataset(settings: DatasetSettings): Dataset {
  const { seed, trainingServers, heldOutServers } = settings;
  // Numbered through, so that a name does not tell the part that a server belongs to.
  const windows = (first: number, count: number, templates: LogTemplates) =>
    Array.from({ length: count }, (_, index) => `server-${first + index}`).flatMap((name) =>
      serverWindows(name, settings, templates, createRandom(`${seed}/${name}`)),
    );
  return {
    training: windows(1, trainingServers, trainingTemplates),
    heldOut: windows(trainingServers + 1, heldOutServers, heldOutTemplates),
  };
}

function serverWindows(name: string, settings: DatasetSettings, templates: LogTemplates, random: Random) {
  const profile = randomProfile(name, random);
  const offset = random.integer(faultKinds.length);
  return Array.from({ length: settings.windowsPerServer }, (_, index): LabelledWindow => {
    const fault = index % 2 === 0 ? undefined : faultKinds[(offset + (index - 1) / 2) % faultKinds.length];
    return {
      server: name,
      ...oneWindow(new ServerSimulation(profile, templates, random), fault, random),
      fault,
    };
  });
}

/** Share of the fault windows in which the fault began long before the window. */
const longRunning = 0.2;
const longestRun = 60;
const runInMinutes = longestRun + 5;

function oneWindow(simulation: ServerSimulation, kind: FaultKind | undefined, random: Random) {
  const onset = random.chance(longRunning) ? -random.integer(longestRun) - 1 : random.integer(19) + 3;
  const metrics: number[][] = [];
  const logs: LogLine[] = [];
  for (let minute = -runInMinutes; minute < windowMinutes; minute += 1) {
    if (kind && minute === onset) simulation.startFault(randomFault(kind, random));
    const step = simulation.step();
    if (minute < 0) continue;
    metrics.push(step.metrics);
    logs.push(...step.logs);
  }
  return { metrics, logs };
}
