import { durationText } from "../../runtime/planning/answer/duration-text.ts";
import type { PlanReason } from "../../runtime/workflows/run-plan/run-plan.ts";
import type { PlannedAndActual, RunPlans } from "../../runtime/workflows/run-plan/run-plans.ts";
import { type Output, table } from "../output.ts";

/** The plans of a run as text: why each was made, and a row for each task with planned and actual times. */
export function reportRunPlans(output: Output, { plans, tasks }: RunPlans): void {
  if (plans.length === 0) {
    output.line("the run is not planned: its workflow declares neither durations nor resources");
    return;
  }
  for (const { number, reason, offset, plan, error } of plans)
    output.line(
      `plan ${number}, ${reasonText(reason)}: ${
        plan === undefined ? `none, ${error}` : `done at ${durationText(offset + plan.makespan)}`
      }`,
    );
  output.line();
  output.line(table([["TASK", "STATE", "PLANNED", "ACTUAL"], ...tasks.map(row)]));
}

function reasonText(reason: PlanReason): string {
  switch (reason.kind) {
    case "start":
      return "at the start";
    case "failure":
      return `since ${reason.task} failed`;
    case "drift":
      return `since ${reason.task} took ${durationText(reason.actualSeconds)} instead of ${durationText(reason.plannedSeconds)}`;
    default:
      return "since the capacity changed";
  }
}

function row({ name, state, planned, actual }: PlannedAndActual): string[] {
  return [
    name,
    state,
    planned === undefined ? "" : `${durationText(planned.start)} to ${durationText(planned.end)}`,
    actual === undefined
      ? ""
      : `${durationText(actual.start)} to ${actual.end === undefined ? "…" : durationText(actual.end)}`,
  ];
}
