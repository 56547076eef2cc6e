import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { parse } from "yaml";
import { createMachineCapacity } from "../../runtime/capacity/machine-capacity.ts";
import { parseCapacity } from "../../runtime/workflows/run-plan/parse-capacity.ts";
import { workflowProblem } from "../../runtime/workflows/run-plan/workflow-problem.ts";
import { parseWorkflow } from "../../runtime/workflows/specification.ts";
import { CannotRun } from "../output.ts";

export interface PlanFile {
  /** What the plan is of, for people. */
  title: string;
  /** The problem, as makePlan takes it; of a file that says its own problem, unchecked. */
  problem: unknown;
}

/**
 * A file with a planning problem, or a workflow file: that is planned against `capacity`, or else this machine.
 * @throws CannotRun where it cannot be read, ApiError where it is no workflow
 */
export async function readPlanFile(file: string, capacity: string | undefined): Promise<PlanFile> {
  const { text, value } = readYaml(file);
  if (!isWorkflow(value)) {
    if (capacity !== undefined)
      throw new CannotRun("--capacity belongs to a workflow file; a planning problem has its own resources");
    return { title: titleOf(file), problem: value };
  }
  const { workflow } = parseWorkflow(text);
  const there =
    capacity === undefined ? (await createMachineCapacity().read()).total : parseCapacity(capacity);
  return { title: workflow.name, problem: workflowProblem(workflow, { capacity: there }) };
}

/** @throws CannotRun */
export function readYaml(file: string): { text: string; value: unknown } {
  try {
    const text = readFileSync(file, "utf8");
    return { text, value: parse(text) };
  } catch (error) {
    throw new CannotRun(`cannot read ${file}: ${(error as Error).message}`);
  }
}

/** `customer-service.yaml` is `customer service`. */
export function titleOf(file: string): string {
  return basename(file, extname(file)).replaceAll(/[-_]+/g, " ");
}

/** Tasks of a workflow say what they use; those of a planning problem cannot. */
function isWorkflow(value: unknown): boolean {
  const tasks = (value as { tasks?: unknown } | null)?.tasks;
  if (typeof tasks !== "object" || tasks === null) return false;
  return Object.values(tasks).some((task) => typeof task === "object" && task !== null && "uses" in task);
}
