import { ApiError, type Problem } from "../errors.ts";
import { type CompiledProblem, compileProblem } from "./compiled-problem.ts";
import { solveLinearProgram } from "./linear-program.ts";
import type { PlanningProblem, ResourceDescription, TaskDescription } from "./problem.ts";
import { countStarts, timeIndexedModel } from "./time-indexed/model.ts";
import { safeHorizon } from "./time-indexed/start-windows.ts";

/** Variables of the largest program that is asked again and again, with one constraint less each time. */
const maximumVariables = 5000;

/** One thing of a problem that a plan must keep to. */
type Element =
  | { kind: "task"; task: string }
  | { kind: "predecessor"; task: string; predecessor: string }
  | { kind: "release"; task: string }
  | { kind: "resource"; resource: string };

/**
 * Says why no plan can hold a problem whose tasks each have room alone: an irreducible set of constraints that conflict,
 * found with the deletion filter (J. W. Chinneck and E. W. Dravnieks: Locating minimal infeasible constraint sets in
 * linear programs, ORSA Journal on Computing 3, 1991). Each is taken away once; where what is left is still infeasible
 * it stays away, so that in the end every one that is left is needed for the conflict. Where it cannot be shown that there
 * is no plan, the error says just that.
 */
export async function infeasiblePlan({ problem }: CompiledProblem): Promise<ApiError> {
  if (!(await isInfeasible(problem)))
    return new ApiError(
      "no plan was found that fits into the windows of capacity, which does not prove that there is none; an exact strategy may find one",
      { status: 422, code: "no-plan-found" },
    );
  let reduced = problem;
  const left: Element[] = [];
  for (const element of elementsOf(problem)) {
    const without = remove(reduced, element);
    if (await isInfeasible(without)) reduced = without;
    else left.push(element);
  }
  const problems = left.length > 0 ? describe(problem, left) : [];
  const message =
    problems.map(({ message }) => message).join("; ") ||
    "what there is of the resources is never enough for all tasks";
  return new ApiError(`no plan can hold all tasks: ${message}`, {
    status: 422,
    code: "infeasible-plan",
    problems,
  });
}

async function isInfeasible(problem: PlanningProblem): Promise<boolean> {
  const compiled = compileProblem({ ...problem, objective: {} });
  const horizon = safeHorizon(compiled);
  const size = { horizon, grid: 1, isInteger: true };
  // Too large to be sure: what cannot be shown to conflict is not called a conflict.
  if (countStarts(compiled, size) > maximumVariables) return false;
  return (await solveLinearProgram(timeIndexedModel(compiled, size).program)).status === "infeasible";
}

/** Tasks first: the fewer are left, the easier the rest is to read. */
function elementsOf({ tasks, resources }: PlanningProblem): Element[] {
  const entries = Object.entries(tasks);
  return [
    ...entries.map(([task]): Element => ({ kind: "task", task })),
    ...entries.flatMap(([task, { predecessors = [] }]) =>
      predecessors.map((predecessor): Element => ({ kind: "predecessor", task, predecessor })),
    ),
    ...entries
      .filter(([, { release = 0 }]) => release > 0)
      .map(([task]): Element => ({ kind: "release", task })),
    ...Object.keys(resources).map((resource): Element => ({ kind: "resource", resource })),
  ];
}

function remove(problem: PlanningProblem, element: Element): PlanningProblem {
  if (element.kind === "resource") return withoutResource(problem, element.resource);
  const task = problem.tasks[element.task] as TaskDescription;
  return { ...problem, tasks: { ...problem.tasks, [element.task]: withoutPart(task, element) } };
}

function withoutPart(
  task: TaskDescription,
  element: Exclude<Element, { kind: "resource" }>,
): TaskDescription {
  const { release: _release, ...rest } = task;
  if (element.kind === "release") return rest;
  if (element.kind === "predecessor")
    return { ...task, predecessors: task.predecessors?.filter((name) => name !== element.predecessor) };
  // Its place in the order stays, for those behind it.
  return { duration: 0, predecessors: task.predecessors };
}

function withoutResource(problem: PlanningProblem, resource: string): PlanningProblem {
  const { [resource]: description, ...others } = problem.resources;
  const most = Number.MAX_SAFE_INTEGER;
  if (description === undefined) return problem;
  const needed = Object.values(problem.tasks).reduce((sum, task) => sum + largestNeed(task, resource), 0);
  const capacity = Math.min(most, Math.max(needed, 1));
  return { ...problem, resources: { ...others, [resource]: { capacity } } };
}

function largestNeed({ needs, modes }: TaskDescription, resource: string): number {
  const need = needs?.[resource] ?? 0;
  const amounts = [
    typeof need === "number" ? need : need.maximum,
    ...(modes ?? []).map((mode) => mode.needs[resource] ?? 0),
  ];
  return Math.max(...amounts);
}

function describe(problem: PlanningProblem, left: readonly Element[]): Problem[] {
  const tasks = left.flatMap((element) => (element.kind === "task" ? [element.task] : []));
  return left.flatMap((element): Problem[] => {
    switch (element.kind) {
      case "resource": {
        const description = problem.resources[element.resource] as ResourceDescription;
        const needing = tasks.filter(
          (task) => largestNeed(problem.tasks[task] as TaskDescription, element.resource) > 0,
        );
        return [
          {
            path: `resources.${element.resource}`,
            message: `${needing.join(" and ")} need more of ${element.resource} than there is: ${availability(description)}`,
          },
        ];
      }
      case "predecessor":
        return [
          {
            path: `tasks.${element.task}.predecessors`,
            message: `${element.task} has to wait for ${element.predecessor}`,
          },
        ];
      case "release":
        return [
          {
            path: `tasks.${element.task}.release`,
            message: `${element.task} may not start before ${problem.tasks[element.task]?.release} s`,
          },
        ];
      default:
        return [];
    }
  });
}

function availability({ capacity, windows = [] }: ResourceDescription): string {
  const parts = windows.map(({ from, to, capacity: amount }) => `${amount} from ${from} s to ${to} s`);
  return [...parts, `${capacity} ${parts.length > 0 ? "outside" : "at all times"}`].join(", ");
}
