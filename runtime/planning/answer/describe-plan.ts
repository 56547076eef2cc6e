import type { LowerBound } from "../bounds/lower-bound.ts";
import type { CompiledProblem } from "../compiled-problem.ts";
import { moneyOfMode } from "../mode-cost.ts";
import { objectiveParts, objectiveValue } from "../objective.ts";
import type { ResourceDescription, TaskDescription } from "../problem.ts";
import type { Solution } from "../strategies/strategy.ts";
import { durationText } from "./duration-text.ts";
import type { PlanAnswer, PlannedResource, PlannedTask, Reason } from "./plan-answer.ts";
import { type CompiledReason, createReasons } from "./reasons.ts";
import { slackOf } from "./slack.ts";
import { capacityAt, type UsageProfile, usageProfile, usedAt } from "./usage.ts";

/** Differences below are what rounding in sums leaves. */
const relativeTolerance = 1e-9;

/** Everything that is told about a plan, in the names and seconds of its problem. */
export function describePlan(
  compiled: CompiledProblem,
  solution: Solution,
  strategy: string,
  bound: LowerBound,
): PlanAnswer {
  return new Description(compiled, solution).describe(strategy, bound);
}

class Description {
  readonly #compiled: CompiledProblem;
  readonly #solution: Solution;
  readonly #profiles: UsageProfile[];
  readonly #reasons: CompiledReason[][];
  readonly #makespan: number;

  constructor(compiled: CompiledProblem, solution: Solution) {
    this.#compiled = compiled;
    this.#solution = solution;
    this.#profiles = compiled.resourceNames.map((_, resource) => usageProfile(compiled, solution, resource));
    const reasonsOf = createReasons(compiled, solution, this.#profiles);
    this.#reasons = compiled.taskNames.map((_, task) => reasonsOf(task));
    this.#makespan = compiled.taskNames.reduce((end, _, task) => Math.max(end, this.#endOf(task)), 0);
  }

  describe(strategy: string, bound: LowerBound): PlanAnswer {
    const { taskNames, objective, taskCount } = this.#compiled;
    const value = objectiveValue(this.#compiled, this.#solution);
    const isProven = value - bound.value <= relativeTolerance * Math.max(1, Math.abs(value));
    const critical = this.#criticalPath();
    const isCritical = new Set(critical);
    const parts = Object.entries(objectiveParts(this.#compiled, this.#solution)).map(([name, part]) => [
      name,
      { value: rounded(part), factor: objective[name as keyof typeof objective] },
    ]);
    return {
      strategy,
      makespan: this.#seconds(this.#makespan),
      objective: { value: rounded(value), parts: Object.fromEntries(parts) },
      bound: { value: rounded(bound.value), by: bound.by },
      gap: isProven ? 0 : (value - bound.value) / Math.abs(value),
      isProven,
      tasks: Array.from({ length: taskCount }, (_, task) => this.#task(task, isCritical.has(task))).sort(
        (left, right) => left.start - right.start || left.end - right.end,
      ),
      resources: this.#compiled.resourceNames.map((_, resource) => this.#resource(resource)),
      criticalPath: critical.map((task) => taskNames[task] as string),
      schedules: this.#solution.schedules,
    };
  }

  #task(task: number, isCritical: boolean): PlannedTask {
    const { taskNames, modePlaces, modeDurations, problem } = this.#compiled;
    const name = taskNames[task] as string;
    const mode = this.#solution.modes[task] as number;
    const { deadline } = problem.tasks[name] as TaskDescription;
    const end = this.#seconds(this.#endOf(task));
    const hasPrice = this.#compiled.prices.some((price) => price > 0);
    return {
      name,
      start: this.#seconds(this.#startOf(task)),
      end,
      duration: this.#seconds(modeDurations[mode] as number),
      mode: modePlaces[mode] as number,
      levels: this.#levels(mode),
      slack: this.#seconds(slackOf(this.#compiled, this.#solution, this.#profiles, this.#makespan, task)),
      isCritical,
      reasons: (this.#reasons[task] as CompiledReason[]).map((reason) => this.#reason(task, reason)),
      ...(deadline !== undefined && { deadline }),
      ...(deadline !== undefined &&
        this.#endOf(task) > (this.#compiled.deadlines[task] as number) && {
          late: { seconds: rounded(end - deadline), why: this.#whyLate(task, end - deadline) },
        }),
      ...(hasPrice && { cost: rounded(moneyOfMode(this.#compiled, mode)) }),
    };
  }

  #levels(mode: number): Record<string, number> {
    const { resourceNames, resourceCount, modeNeeds, unitSizes } = this.#compiled;
    const levels = resourceNames.flatMap((name, resource) => {
      const units = modeNeeds[mode * resourceCount + resource] as number;
      return units === 0 ? [] : [[name, rounded(units * (unitSizes[resource] as number))]];
    });
    return Object.fromEntries(levels);
  }

  #reason(task: number, reason: CompiledReason): Reason {
    const { taskNames, resourceNames } = this.#compiled;
    const until = this.#seconds(this.#startOf(task));
    const resource = "resource" in reason ? (resourceNames[reason.resource] as string) : "";
    switch (reason.kind) {
      case "predecessor":
        return { kind: "predecessor", task: taskNames[reason.task] as string, until };
      case "resource":
        return {
          kind: "resource",
          resource,
          heldBy: reason.heldBy.map((other) => taskNames[other] as string),
          until,
        };
      case "window":
        return { kind: "window", resource, until };
      case "release":
        return { kind: "release", until };
      default:
        return { kind: reason.kind };
    }
  }

  #resource(resource: number): PlannedResource {
    const { resourceNames, resourceCount, modeNeeds, modeDurations, prices, problem } = this.#compiled;
    const name = resourceNames[resource] as string;
    const unit = this.#compiled.unitSizes[resource] as number;
    const usage = this.#usage(resource);
    const area = (key: "used" | "available") =>
      usage.reduce((sum, piece) => sum + piece[key] * (piece.to - piece.from), 0);
    const available = area("available");
    let cost = 0;
    for (const mode of this.#solution.modes)
      cost +=
        (prices[resource] as number) *
        (modeNeeds[mode * resourceCount + resource] as number) *
        (modeDurations[mode] as number);
    return {
      name,
      unit: (problem.resources[name] as ResourceDescription).unit ?? "",
      usage: usage.map(({ from, to, used, available }) => ({
        from: this.#seconds(from),
        to: this.#seconds(to),
        used: rounded(used * unit),
        available: rounded(available * unit),
      })),
      utilisation: available === 0 ? 0 : area("used") / available,
      ...((prices[resource] as number) > 0 && { cost: rounded(cost) }),
    };
  }

  #usage(resource: number) {
    const profile = this.#profiles[resource] as UsageProfile;
    const { times } = this.#compiled.capacities[resource] as CompiledProblem["capacities"][number];
    const cuts = [...new Set([0, ...profile.times, ...times, this.#makespan])]
      .filter((time) => time <= this.#makespan)
      .sort((left, right) => left - right);
    return cuts.slice(0, -1).map((from, index) => ({
      from,
      to: cuts[index + 1] as number,
      used: usedAt(profile, from),
      available: capacityAt(this.#compiled, resource, from),
    }));
  }

  /** Back from the task that ends last, along the first thing that each one waits for. */
  #criticalPath(): number[] {
    let last = 0;
    for (let task = 1; task < this.#compiled.taskCount; task++)
      if (this.#endOf(task) > this.#endOf(last)) last = task;
    return this.#chain(last).map(({ task }) => task);
  }

  /** First to last: the task and what it waits for. */
  #chain(task: number): { task: number; reason: CompiledReason }[] {
    const chain: { task: number; reason: CompiledReason }[] = [];
    const seen = new Set<number>();
    for (let at: number | undefined = task; at !== undefined && !seen.has(at); ) {
      const reason: CompiledReason = this.#reasons[at]?.[0] ?? { kind: "none" };
      chain.push({ task: at, reason });
      seen.add(at);
      at =
        reason.kind === "predecessor"
          ? reason.task
          : reason.kind === "resource"
            ? (reason.heldBy[0] as number)
            : undefined;
    }
    return chain.reverse();
  }

  #whyLate(task: number, seconds: number): string {
    const chain = this.#chain(task).reverse();
    const steps = chain.map(({ task: at, reason }) => this.#sentence(at, reason));
    return `${this.#compiled.taskNames[task]} ends ${durationText(seconds)} after its deadline: ${steps.join("; ")}`;
  }

  #sentence(task: number, compiledReason: CompiledReason): string {
    const name = this.#compiled.taskNames[task];
    const reason = this.#reason(task, compiledReason);
    const until = durationText(this.#seconds(this.#startOf(task)));
    switch (reason.kind) {
      case "predecessor":
        return `${name} waits for ${reason.task} until ${until}`;
      case "resource":
        return `${name} waits for ${reason.resource}, held by ${reason.heldBy.join(" and ")} until ${until}`;
      case "window":
        return `${name} waits until ${until}, when there is enough of ${reason.resource}`;
      case "release":
        return `${name} is released at ${until}`;
      case "choice":
        return `${name} was put at ${until}, where it costs no more`;
      default:
        return `${name} takes ${durationText(this.#seconds(this.#endOf(task) - this.#startOf(task)))} from the start on`;
    }
  }

  #startOf(task: number): number {
    return this.#solution.starts[task] as number;
  }

  #endOf(task: number): number {
    const mode = this.#solution.modes[task] as number;
    return this.#startOf(task) + (this.#compiled.modeDurations[mode] as number);
  }

  #seconds(steps: number): number {
    return (steps * Math.round(this.#compiled.timeStep * 1000)) / 1000;
  }
}

/** Without what binary fractions add: 0.1 + 0.2 is 0.3. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
