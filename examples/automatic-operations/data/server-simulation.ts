import { type Fault, type FaultKind, faultEffects, faultKinds } from "./faults.ts";
import { applyEvent, type HarmlessEvent, loadOfEvent, randomEvent } from "./harmless-events.ts";
import { type LogLine, logLines } from "./log-lines.ts";
import type { LogTemplates } from "./log-templates.ts";
import type { Random } from "./random.ts";
import { type MetricName, metricNames, type ServerProfile } from "./server-profile.ts";

const minutesOfDay = 1440;
/** Chance that a spell of talk about one thing begins in a given minute. */
const chatterFrequency = 0.04;

export interface Minute {
  /** In the order of `metricNames`. */
  metrics: number[];
  logs: LogLine[];
}

/** A server that exists as numbers only: `step()` is one minute of its life. */
export class ServerSimulation {
  readonly profile: ServerProfile;
  /** Minutes since the simulation's midnight. */
  minute: number;
  fault: Fault | undefined;
  /** Share of its usual traffic that reaches the server. */
  trafficShare = 1;
  readonly #random: Random;
  readonly #templates: LogTemplates;
  #faultMinutes = 0;
  #events: { event: HarmlessEvent; minutes: number }[] = [];
  #chatter: { about: FaultKind; minutes: number } | undefined;
  #loadDrift = 0;
  readonly #garbageOffset: number;

  constructor(profile: ServerProfile, templates: LogTemplates, random: Random) {
    this.profile = profile;
    this.#templates = templates;
    this.#random = random;
    this.minute = random.integer(minutesOfDay);
    this.#garbageOffset = random.uniform(0, profile.garbagePeriod);
  }

  startFault(fault: Fault): void {
    this.fault = fault;
    this.#faultMinutes = 0;
  }

  /** The server is as before the fault from the next minute on. */
  endFault(): void {
    this.fault = undefined;
  }

  step(): Minute {
    this.#stepEvents();
    this.#stepChatter();
    const levels = this.#levels(this.#load());
    for (const { event, minutes } of this.#events) applyEvent(event, levels, minutes);
    if (this.fault) {
      this.#faultMinutes += 1;
      faultEffects[this.fault.kind](levels, this.fault, this.#faultMinutes, this.profile, this.#random);
    }
    const logs = logLines({
      minute: this.minute,
      server: this.profile.name,
      chatter: this.#chatter?.about,
      fault: this.fault && { kind: this.fault.kind, minutes: this.#faultMinutes },
      templates: this.#templates,
      random: this.#random,
    });
    this.minute += 1;
    return { metrics: metricNames.map((name) => measured(name, levels[name])), logs };
  }

  #stepEvents(): void {
    for (const running of this.#events) running.minutes += 1;
    this.#events = this.#events.filter(({ event, minutes }) => minutes < event.duration);
    const event = randomEvent(this.#random);
    if (event) this.#events.push({ event, minutes: 0 });
  }

  #stepChatter(): void {
    if (this.#chatter && this.#chatter.minutes > 0) this.#chatter.minutes -= 1;
    else this.#chatter = undefined;
    if (!this.#chatter && this.#random.chance(chatterFrequency))
      this.#chatter = { about: this.#random.pick(faultKinds), minutes: 3 + this.#random.integer(8) };
  }

  /** 1 is the server's mean load. */
  #load(): number {
    const { dailyAmplitude, dailyPhase, noise } = this.profile;
    this.#loadDrift = 0.8 * this.#loadDrift + 0.03 * noise * this.#random.normal();
    const daily = dailyAmplitude * Math.sin(2 * Math.PI * (this.minute / minutesOfDay + dailyPhase));
    const peaks = this.#events.reduce((sum, { event, minutes }) => sum + loadOfEvent(event, minutes), 0);
    return this.trafficShare * Math.max(0.1, 1 + daily + peaks + this.#loadDrift);
  }

  #levels(load: number): Record<MetricName, number> {
    const { profile } = this;
    const fluctuation = () => profile.noise * this.#random.normal();
    const garbageShare =
      ((this.minute + this.#garbageOffset) % profile.garbagePeriod) / profile.garbagePeriod;
    const queueing = 0.5 * Math.max(0, load - 1.2);
    return {
      cpu: profile.cpu * load + 1.5 * fluctuation(),
      memory: profile.memory + profile.garbage * (garbageShare - 0.5) + 3 * (load - 1) + 0.5 * fluctuation(),
      latency: profile.latency * (1 + queueing) * Math.exp(0.07 * fluctuation()),
      errorRate: profile.errorRate * Math.exp(0.25 * fluctuation()),
      disk: profile.disk + 0.15 * fluctuation(),
      connections: profile.connections * load * Math.exp(0.03 * fluctuation()),
    };
  }
}

const percentages: readonly MetricName[] = ["cpu", "memory", "errorRate", "disk"];

/** As a monitoring agent reports it: within what is possible, with two decimals, connections whole. */
function measured(name: MetricName, value: number): number {
  const possible = Math.max(0, percentages.includes(name) ? Math.min(100, value) : value);
  return name === "connections" ? Math.round(possible) : Math.round(possible * 100) / 100;
}
