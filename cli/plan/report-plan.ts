import { durationText } from "../../runtime/planning/answer/duration-text.ts";
import type { PlanAnswer, PlannedTask } from "../../runtime/planning/answer/plan-answer.ts";
import { type Output, styled, table } from "../output.ts";

/** A plan as text: its end and quality, a row for each task, what is used, and what is late and why. */
export function reportPlan(output: Output, title: string, plan: PlanAnswer): void {
  output.line(`${title}: done at ${durationText(plan.makespan)}, ${quality(plan)} (${plan.strategy})`);
  output.line();
  output.line(table([["TASK", "START", "END", "HOLDS", "SLACK"], ...plan.tasks.map(row)]));
  output.line();
  output.line(`critical path: ${plan.criticalPath.join(" → ")}`);
  for (const line of objectiveLines(plan)) output.line(line);
  const used = plan.resources.filter(({ usage }) => usage.some(({ used }) => used > 0));
  for (const { name, utilisation, cost } of used)
    output.line(`${name} is used to ${percent(utilisation)}${cost === undefined ? "" : `, costs ${cost}`}`);
  for (const { late } of plan.tasks) if (late !== undefined) output.line(styled("red", late.why));
}

function quality({ isProven, gap, bound }: PlanAnswer): string {
  if (isProven) return "proven the best there is";
  return `at most ${percent(gap)} above the best there is (bound ${bound.value} by ${bound.by})`;
}

function row({ name, start, end, levels, slack, isCritical }: PlannedTask): string[] {
  const held = Object.entries(levels).map(([resource, amount]) => `${amount} ${resource}`);
  return [
    name,
    start === 0 ? "0" : durationText(start),
    durationText(end),
    held.join(", "),
    isCritical ? "critical" : durationText(slack),
  ];
}

function objectiveLines({ objective }: PlanAnswer): string[] {
  const parts = Object.entries(objective.parts).filter(([, { factor }]) => factor > 0);
  const terms = parts.map(
    ([name, { value, factor }]) => `${factor === 1 ? "" : `${factor} × `}${name} ${value}`,
  );
  return parts.length === 1 && parts[0]?.[0] === "makespan"
    ? []
    : [`objective: ${objective.value} = ${terms.join(" + ")}`];
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(1))} %`;
}
