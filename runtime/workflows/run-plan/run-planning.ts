import type { TaskRun } from "../run.ts";
import { isFinal } from "../run.ts";
import type { RunScope } from "../task-kinds/task-kind.ts";
import { kindOf } from "../task-kinds/task-kinds.ts";
import type { Workflow } from "../workflow.ts";
import { driftFactor, type PlanReason, type PlanSummary } from "./run-plan.ts";

const leastDrift = 1;
/** Capacity is looked at no more often, in milliseconds of the run's clock. */
const capacityInterval = 60_000;

/** Whether a workflow says anything that a plan could be made of. */
export function isPlanned(workflow: Workflow): boolean {
  return Object.values(workflow.tasks).some(
    ({ resources, duration }) => resources !== undefined || duration !== undefined,
  );
}

/**
 * The plans of one execution of a run: the order in which ready tasks begin, and when it is time for a new one. Replayed
 * with the run: what it asks for is recorded, what it decides follows from the run's records alone.
 */
export class RunPlanning {
  readonly #run: RunScope;
  readonly #startedAt: () => number;
  #plan: PlanSummary | undefined;
  /** Plans asked for. */
  #count = 0;
  #reason: PlanReason | undefined;
  #isAsking = false;
  #lookedAt = 0;

  /** @param startedAt milliseconds since 1970 at which the run's execution began */
  constructor(run: RunScope, startedAt: () => number) {
    this.#run = run;
    this.#startedAt = startedAt;
  }

  /** The run waits for its first plan; none where its workflow says nothing to plan with. */
  async begin(): Promise<void> {
    if (!isPlanned(this.#run.input.workflow)) return;
    this.#take(await this.#ask({ kind: "start" }));
  }

  /** Tasks that are ready, in the order in which they are to begin: by priority, then by the plan. */
  inOrder(ready: readonly string[]): string[] {
    const priority = (name: string) => this.#run.specification(name).priority;
    const start = (name: string) => this.#plan?.starts[name] ?? 0;
    return [...ready].sort((left, right) => priority(right) - priority(left) || start(left) - start(right));
  }

  /** Milliseconds since 1970 at which the plan starts a task; undefined where it does not. */
  plannedStart(name: string): number | undefined {
    const seconds = this.#plan?.starts[name];
    return seconds === undefined ? undefined : this.#startedAt() + Math.round(seconds * 1000);
  }

  /** A task has ended. */
  ended({ name, state, startedAt, finishedAt }: TaskRun): void {
    if (this.#plan === undefined) return;
    if (state === "failed") this.#reason = { kind: "failure", task: name };
    const plannedSeconds = this.#plan.durations[name];
    if (state !== "succeeded" || plannedSeconds === undefined || startedAt === null || finishedAt === null)
      return;
    const actualSeconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
    if (isDrift(plannedSeconds, actualSeconds))
      this.#reason ??= { kind: "drift", task: name, plannedSeconds, actualSeconds };
    else if (this.#run.clock - this.#lookedAt >= capacityInterval) this.#reason ??= { kind: "capacity" };
  }

  /** Asks for a new plan where there is reason to and something is left to plan; the run does not wait for it. */
  renew(): void {
    const reason = this.#reason;
    if (reason === undefined || this.#isAsking || this.#run.cancelRequest !== undefined) return;
    this.#reason = undefined;
    if (this.#pending().length === 0) return;
    this.#isAsking = true;
    this.#run.wait(
      planWait,
      this.#ask(reason),
      (plan) => {
        this.#isAsking = false;
        this.#take(plan);
      },
      { endsByItself: true },
    );
  }

  #ask(reason: PlanReason) {
    const { context, services, input, clock } = this.#run;
    const number = this.#count + 1;
    this.#lookedAt = clock;
    const request = {
      runId: input.id,
      execution: input.execution ?? 1,
      workflow: input.workflow,
      number,
      reason,
      offset: Math.max(0, (clock - this.#startedAt()) / 1000),
      pending: this.#pending(),
      running: this.#running(),
      ...(this.#plan !== undefined && { knownCapacity: this.#plan.capacity }),
    };
    return context.run(`plan ${number}`, () => services.planner.plan(request));
  }

  #take(plan: PlanSummary | "unchanged"): void {
    if (plan === "unchanged") return;
    this.#plan = plan;
    this.#count = plan.number;
  }

  #pending(): string[] {
    return this.#run.input.workflow.order.filter((name) => {
      const { state, granted } = this.#run.record(name);
      // Who waits in line for resources has not begun.
      return state === "pending" || (granted === null && !isFinal(state));
    });
  }

  #running(): Record<string, number> {
    const running = this.#run.input.workflow.order
      .map((name) => this.#run.record(name))
      .filter(({ state, startedAt }) => !isFinal(state) && state !== "pending" && startedAt !== null);
    return Object.fromEntries(
      running
        .filter(({ uses }) => kindOf(uses).takesTurn)
        .map(({ name, startedAt }) => [name, (this.#run.clock - Date.parse(startedAt as string)) / 1000]),
    );
  }
}

/** No task has such a name. */
const planWait = " plan";

function isDrift(planned: number, actual: number): boolean {
  if (Math.abs(actual - planned) <= leastDrift) return false;
  return actual > planned * driftFactor || actual * driftFactor < planned;
}
