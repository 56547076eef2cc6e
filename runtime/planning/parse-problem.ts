import { invalidInput, type Problem } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import { type CompiledProblem, compileProblem } from "./compiled-problem.ts";
import { createPrecedenceGraph, findCycles } from "./precedence-graph.ts";
import { type PlanningProblem, problemSchema, type TaskDescription } from "./problem.ts";
import { findUnreachable } from "./unreachable.ts";

/**
 * Checks a problem before anything is computed with it.
 * @throws ApiError (400, `invalid-planning-problem`) with everything that is wrong with it
 */
export function parseProblem(value: unknown): PlanningProblem {
  return parseAndCompileProblem(value).problem;
}

/** The same, with the form that strategies work on. */
export function parseAndCompileProblem(value: unknown): CompiledProblem {
  const parsed = problemSchema.safeParse(value);
  if (!parsed.success)
    throw invalid(
      parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message: plain(message) })),
    );
  const problem = parsed.data;
  const problems = [...emptiness(problem), ...windowProblems(problem), ...taskProblems(problem)];
  if (problems.length > 0) throw invalid(problems);
  const cycles = cycleProblems(problem);
  if (cycles.length > 0) throw invalid(cycles);
  const compiled = compileProblem(problem);
  const unreachable = findUnreachable(compiled);
  if (unreachable.length > 0) throw invalid(unreachable);
  return compiled;
}

function invalid(problems: Problem[]) {
  return invalidInput("invalid-planning-problem", problems, "planning problem");
}

/** Zod says "Invalid input: expected number, received undefined" of what is missing. */
function plain(message: string): string {
  return message.replace(
    /^Invalid input: expected (\S+), received undefined$/,
    "is missing: must be given, as $1",
  );
}

function emptiness({ tasks }: PlanningProblem): Problem[] {
  return Object.keys(tasks).length > 0 ? [] : [{ path: "tasks", message: "must have at least one task" }];
}

function windowProblems({ resources }: PlanningProblem): Problem[] {
  return Object.entries(resources).flatMap(([name, { windows = [] }]) => {
    const place = (index: number) => `resources.${name}.windows.${index}`;
    const empty = windows.flatMap(({ from, to }, index) =>
      to > from ? [] : [{ path: `${place(index)}.to`, message: `must be after from, which is ${from}` }],
    );
    const sorted = windows.map((window, index) => ({ ...window, index })).sort((a, b) => a.from - b.from);
    const overlapping = sorted.flatMap(({ from, index }, position) => {
      const before = sorted[position - 1];
      if (before === undefined || before.to <= from) return [];
      return [{ path: place(index), message: `overlaps ${place(before.index)}, which ends at ${before.to}` }];
    });
    return [...empty, ...overlapping];
  });
}

function taskProblems({ resources, tasks }: PlanningProblem): Problem[] {
  const resourceNames = new Set(Object.keys(resources));
  const taskNames = new Set(Object.keys(tasks));
  return Object.entries(tasks).flatMap(([name, task]) => [
    ...durationProblems(`tasks.${name}`, task),
    ...needsOf(task).flatMap(([place, resource]) =>
      unknown(`tasks.${name}.${place}.${resource}`, "resource", resource, resourceNames),
    ),
    ...(task.predecessors ?? []).flatMap((predecessor, index) =>
      unknown(`tasks.${name}.predecessors.${index}`, "task", predecessor, taskNames),
    ),
  ]);
}

function needsOf(task: TaskDescription): [place: string, resource: string][] {
  const inModes = (task.modes ?? []).flatMap(({ needs }, index) =>
    Object.keys(needs).map((resource): [string, string] => [`modes.${index}.needs`, resource]),
  );
  return [
    ...Object.keys(task.needs ?? {}).map((resource): [string, string] => ["needs", resource]),
    ...inModes,
  ];
}

function unknown(path: string, what: string, name: string, known: ReadonlySet<string>): Problem[] {
  if (known.has(name)) return [];
  const nearest = nearestName(name, known);
  const hint =
    nearest === undefined
      ? `there ${known.size === 0 ? "is none" : `are ${list(known)}`}`
      : `did you mean ${nearest}?`;
  return [{ path, message: `there is no ${what} ${name}; ${hint}` }];
}

function list(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, 10);
  return names.size > shown.length
    ? `${shown.join(", ")} and ${names.size - shown.length} more`
    : shown.join(", ");
}

function durationProblems(path: string, task: TaskDescription): Problem[] {
  const given = (["duration", "durations", "modes"] as const).filter((key) => task[key] !== undefined);
  if (given.length === 0)
    return [
      { path: `${path}.duration`, message: "is missing: give duration in seconds, durations or modes" },
    ];
  if (given.length > 1)
    return [{ path: `${path}.${given[1]}`, message: `must not be given together with ${given[0]}` }];
  if (task.modes !== undefined && task.needs !== undefined)
    return [
      { path: `${path}.needs`, message: "must not be given together with modes: each mode has its own" },
    ];
  return [...rangeProblems(path, task), ...levelProblems(path, task)];
}

function rangeProblems(path: string, task: TaskDescription): Problem[] {
  return Object.entries(task.needs ?? {}).flatMap(([resource, need]) =>
    typeof need === "number" || need.minimum <= need.maximum
      ? []
      : [
          {
            path: `${path}.needs.${resource}.maximum`,
            message: `must be at least the minimum, which is ${need.minimum}`,
          },
        ],
  );
}

function levelProblems(path: string, { durations, needs }: TaskDescription): Problem[] {
  if (durations === undefined) return [];
  const ranges = Object.values(needs ?? {}).filter((need) => typeof need !== "number");
  const range = ranges[0];
  if (range === undefined || ranges.length > 1)
    return [
      {
        path: `${path}.durations`,
        message: `belongs to the one need that is a range, but ${ranges.length} are; list modes instead`,
      },
    ];
  if (Object.keys(durations).length === 0)
    return [{ path: `${path}.durations`, message: "must have at least one level" }];
  return Object.keys(durations)
    .filter(
      (level) => level.trim() === "" || !(Number(level) >= range.minimum && Number(level) <= range.maximum),
    )
    .map((level) => ({
      path: `${path}.durations.${level}`,
      message: `must be a level from ${range.minimum} to ${range.maximum}`,
    }));
}

function cycleProblems({ tasks }: PlanningProblem): Problem[] {
  const names = Object.keys(tasks);
  const ids = new Map(names.map((name, id) => [name, id]));
  const graph = createPrecedenceGraph(
    Object.values(tasks).map(({ predecessors = [] }) => predecessors.map((name) => ids.get(name) as number)),
  );
  return findCycles(graph).map((cycle) => {
    const path = [...cycle, cycle[0] as number].map((id) => names[id]);
    return {
      path: `tasks.${path[0]}.predecessors`,
      message: `tasks wait for each other: ${path.join(" → ")}`,
    };
  });
}
