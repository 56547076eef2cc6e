import { ApiError } from "../../../runtime/errors.ts";
import { windowMinutes } from "../data/dataset.ts";
import { type Fault, type FaultKind, faultKinds } from "../data/faults.ts";
import { heldOutTemplates } from "../data/log-templates.ts";
import { createRandom } from "../data/random.ts";
import { metricNames, randomProfile } from "../data/server-profile.ts";
import { type Minute, ServerSimulation } from "../data/server-simulation.ts";

/** The action that cures each kind of fault; any other leaves it as it is. */
export const repairs: Record<FaultKind, string> = {
  "memory-leak": "restart-service",
  "cpu-runaway": "stop-runaway-job",
  "disk-full": "clean-disk",
  "connection-pool-exhausted": "reset-connection-pool",
  "dependency-timeout": "switch-to-fallback",
};

/** Everything that can be done to the server. */
export const actionNames = ["drain-traffic", "restore-traffic", "record-incident", ...Object.values(repairs)];

export interface ActionResult {
  action: string;
  /** Whether a fault went away by it. */
  cured: boolean;
  /** The simulated minute at which it was done. */
  minute: number;
}

/** How often an action came and was carried out; more than one request with one key means that a task ran again. */
interface KeyRecord {
  action: string;
  requests: number;
  executions: number;
  result: ActionResult;
}

const keptMinutes = 240;
const keptKeys = 10_000;

/** One server with a clock of its own, which only stands still or jumps: nobody has to wait for it. */
export class SimulatedServer {
  readonly name: string;
  readonly #simulation: ServerSimulation;
  readonly #keys = new Map<string, KeyRecord>();
  #minutes: Minute[] = [];

  constructor(name: string, seed: number) {
    this.name = name;
    const random = createRandom(`${seed}/sample-server/${name}`);
    this.#simulation = new ServerSimulation(randomProfile(name, random), heldOutTemplates, random);
    this.advance(2 * windowMinutes);
  }

  /** Lets simulated minutes pass. */
  advance(minutes: number): { minute: number } {
    for (let passed = 0; passed < minutes; passed += 1) this.#minutes.push(this.#simulation.step());
    this.#minutes = this.#minutes.slice(-keptMinutes);
    return { minute: this.#simulation.minute };
  }

  /** The last half hour: metrics in the order of `metricNames`, and the log lines. */
  window() {
    const minutes = this.#minutes.slice(-windowMinutes);
    return {
      server: this.name,
      minute: this.#simulation.minute,
      columns: metricNames,
      metrics: minutes.map(({ metrics }) => metrics),
      logs: minutes.flatMap(({ logs }) => logs.map(({ text }) => text)),
    };
  }

  /** @throws ApiError `fault-active` (409) while another fault is there */
  startFault(fault: Fault): { server: string; fault: Fault } {
    const active = this.#simulation.fault;
    if (active)
      throw new ApiError(
        `${this.name} still has the fault ${active.kind}: the action ${repairs[active.kind]} cures it`,
        { status: 409, code: "fault-active" },
      );
    this.#simulation.startFault(fault);
    return { server: this.name, fault };
  }

  /**
   * Carries an action out, once for each key: the same key again gets the first answer and changes nothing.
   * @throws ApiError `key-reused` (409) where the key came with another action
   */
  act(action: string, key: string): ActionResult {
    const known = this.#keys.get(key);
    if (known && known.action !== action)
      throw new ApiError(`the key ${key} was used for the action ${known.action} already`, {
        status: 409,
        code: "key-reused",
      });
    if (known) {
      known.requests += 1;
      return known.result;
    }
    const result = { action, cured: this.#carryOut(action), minute: this.#simulation.minute };
    this.#keys.set(key, { action, requests: 1, executions: 1, result });
    this.#forgetOldKeys();
    return result;
  }

  state() {
    return {
      server: this.name,
      minute: this.#simulation.minute,
      fault: this.#simulation.fault ?? null,
      isDrained: this.#simulation.trafficShare < 1,
      actions: [...this.#keys].map(([key, { action, requests, executions, result }]) => ({
        key,
        action,
        requests,
        executions,
        cured: result.cured,
      })),
    };
  }

  #carryOut(action: string): boolean {
    if (action === "drain-traffic") this.#simulation.trafficShare = 0.3;
    if (action === "restore-traffic") this.#simulation.trafficShare = 1;
    const { fault } = this.#simulation;
    const cures = fault !== undefined && repairs[fault.kind] === action;
    if (cures) this.#simulation.endFault();
    return cures;
  }

  #forgetOldKeys(): void {
    for (const key of this.#keys.keys()) {
      if (this.#keys.size <= keptKeys) return;
      this.#keys.delete(key);
    }
  }
}

export function isFaultKind(value: unknown): value is FaultKind {
  return faultKinds.some((kind) => kind === value);
}
