import type { PlanAnswer } from "./plan-answer.ts";

/** Times are told from midnight of a day without meaning; read in the reader's own time zone it stays midnight. */
const dayZero = Date.UTC(2000, 0, 1);

/** The plan as Mermaid's gantt, tasks by start, those of the critical path marked. */
export function ganttMermaid(plan: PlanAnswer, title: string): string {
  const lines = plan.tasks.map(({ name, start, end, isCritical, late }, index) => {
    const tags = [...(isCritical ? ["crit"] : []), ...(late === undefined ? [] : ["active"]), `t${index}`];
    return `    ${name} :${tags.join(", ")}, ${clock(start)}, ${Math.round((end - start) * 1000)}ms`;
  });
  return [
    "gantt",
    `    title ${title.replaceAll(/[\n;#]/g, " ")}`,
    "    dateFormat YYYY-MM-DD HH:mm:ss.SSS",
    `    axisFormat ${axisFormat(plan.makespan)}`,
    ...lines,
    "",
  ].join("\n");
}

function clock(seconds: number): string {
  return new Date(dayZero + Math.round(seconds * 1000)).toISOString().replace("T", " ").replace("Z", "");
}

function axisFormat(seconds: number): string {
  if (seconds > 86_400) return "day %j %H:%M";
  return seconds >= 600 ? "%H:%M" : "%H:%M:%S";
}
