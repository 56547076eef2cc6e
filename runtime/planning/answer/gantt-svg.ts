import { durationText } from "./duration-text.ts";
import type { PlanAnswer, PlannedResource, PlannedTask } from "./plan-answer.ts";
import { timeMarks } from "./time-axis.ts";

/** What really happened to a task, seconds from the start of the plan. */
export interface ActualTimes {
  start: number;
  /** Undefined: it still runs. */
  end?: number | undefined;
  state: string;
}

export interface GanttOptions {
  title: string;
  /** Task → what happened; drawn below the planned bar. */
  actual?: Record<string, ActualTimes> | undefined;
  /** Seconds until which things have happened, where tasks still run. */
  now?: number | undefined;
}

const width = 960;
const labelWidth = 200;
const right = 24;
const chartWidth = width - labelWidth - right;
const headHeight = 66;
const resourceHeight = 44;
const resourceGap = 14;
const longestLabel = 28;

interface Layout {
  rowHeight: number;
  /** Seconds that the picture shows. */
  end: number;
  x(seconds: number): number;
}

/** A picture of a plan: a row for each task by start, and below what is used of each resource. */
export function ganttSvg(plan: PlanAnswer, options: GanttOptions): string {
  const end = endOf(plan, options);
  const layout: Layout = {
    rowHeight: options.actual !== undefined ? 26 : plan.tasks.length > 40 ? 16 : 22,
    end,
    x: (seconds) => fixed(labelWidth + (chartWidth * seconds) / end),
  };
  const chartHeight = plan.tasks.length * layout.rowHeight;
  const resources = plan.resources.filter(({ usage }) => usage.some(({ used }) => used > 0));
  const height = headHeight + chartHeight + 30 + resources.length * (resourceHeight + resourceGap);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="12">`,
    `<title id="title">${xmlText(options.title)}</title>`,
    `<desc id="description">${xmlText(description(plan))}</desc>`,
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    `<text class="strong" x="12" y="20" font-size="14">${xmlText(options.title)}</text>`,
    `<text class="quiet" x="12" y="38">${xmlText(summary(plan))}</text>`,
    ...axis(layout, chartHeight),
    ...plan.tasks.flatMap((task, row) => taskRow(task, row, layout, options)),
    ...resources.flatMap((resource, index) =>
      resourceChart(resource, headHeight + chartHeight + 30 + index * (resourceHeight + resourceGap), layout),
    ),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

interface Colours {
  page: string;
  text: string;
  quiet: string;
  line: string;
  bar: string;
  critical: string;
  late: string;
  used: string;
  done: string;
}

const light: Colours = {
  page: "#ffffff",
  text: "#1f2328",
  quiet: "#59636e",
  line: "#d1d9e0",
  bar: "#54aeff",
  critical: "#0969da",
  late: "#cf222e",
  used: "#8250df",
  done: "#1a7f37",
};

const dark: Colours = {
  page: "#0d1117",
  text: "#f0f6fc",
  quiet: "#9198a1",
  line: "#3d444d",
  bar: "#316dca",
  critical: "#79c0ff",
  late: "#ff7b72",
  used: "#a371f7",
  done: "#3fb950",
};

/** Written out for both, since not every reader of SVG knows variables. */
const style = `${rules(light)}@media(prefers-color-scheme:dark){${rules(dark)}}`;

function rules({ page, text, quiet, line, bar, critical, late, used, done }: Colours): string {
  return [
    `.page{fill:${page}}text{fill:${text}}.strong{font-weight:600}.quiet{fill:${quiet}}`,
    `.line{stroke:${line}}.bar{fill:${bar}}.critical{fill:${critical}}.late{stroke:${late};stroke-width:2}`,
    `.deadline{stroke:${late};stroke-dasharray:3 2}.used{fill:${used}}.available{fill:none;stroke:${quiet}}`,
    `.done{fill:${done}}.failed{fill:${late}}.mono{font-variant-numeric:tabular-nums}`,
  ].join("");
}

function endOf(plan: PlanAnswer, { actual = {}, now = 0 }: GanttOptions): number {
  const ends = Object.values(actual).map(({ start, end }) => end ?? start);
  return Math.max(plan.makespan, now, ...ends, 1e-3);
}

function description(plan: PlanAnswer): string {
  const late = plan.tasks.filter((task) => task.late !== undefined).map(({ name }) => name);
  const parts = [
    `Gantt chart of ${plan.tasks.length} tasks over ${durationText(plan.makespan)}.`,
    `Critical path: ${plan.criticalPath.join(", ")}.`,
    late.length > 0 ? `Late: ${late.join(", ")}.` : "No task is late.",
    ...plan.resources.map(({ name, utilisation }) => `${name} is used to ${percent(utilisation)}.`),
  ];
  return parts.join(" ");
}

function summary(plan: PlanAnswer): string {
  const quality = plan.isProven
    ? "proven the best there is"
    : `at most ${percent(plan.gap)} above the best there is`;
  return `${plan.strategy}: done at ${durationText(plan.makespan)}, ${quality}`;
}

function axis({ x, end }: Layout, height: number): string[] {
  return timeMarks(end, 8).flatMap(({ at, label }) => [
    `<line class="line" x1="${x(at)}" y1="${headHeight - 4}" x2="${x(at)}" y2="${headHeight + height}"/>`,
    `<text class="quiet mono" x="${x(at)}" y="${headHeight - 8}" text-anchor="middle" font-size="11">${label}</text>`,
  ]);
}

function taskRow(task: PlannedTask, row: number, layout: Layout, { actual, now }: GanttOptions): string[] {
  const { rowHeight, x } = layout;
  const top = headHeight + row * rowHeight;
  const middle = top + rowHeight / 2;
  const classes = [task.isCritical ? "critical" : "bar", ...(task.late === undefined ? [] : ["late"])];
  const barHeight = actual === undefined ? rowHeight - 6 : 10;
  const happened = actual?.[task.name];
  return [
    `<g><title>${xmlText(tooltip(task))}</title>`,
    `<text x="${labelWidth - 10}" y="${middle + 4}" text-anchor="end">${xmlText(shortened(task.name))}</text>`,
    bar(classes.join(" "), x(task.start), x(task.end), top + 3, barHeight),
    ...(task.deadline === undefined || task.deadline > layout.end
      ? []
      : [
          `<line class="deadline" x1="${x(task.deadline)}" y1="${top + 1}" x2="${x(task.deadline)}" y2="${top + rowHeight - 1}"/>`,
        ]),
    ...(happened === undefined
      ? []
      : [
          bar(
            happened.state === "failed" ? "failed" : "done",
            x(happened.start),
            x(happened.end ?? now ?? happened.start),
            top + 15,
            6,
          ),
        ]),
    "</g>",
  ];
}

/** Never so narrow that it cannot be seen. */
function bar(classes: string, from: number, to: number, top: number, height: number): string {
  return `<rect class="${classes}" x="${from}" y="${top}" width="${fixed(Math.max(2, to - from))}" height="${height}" rx="2"/>`;
}

function tooltip({ name, start, end, levels, slack, isCritical, late, reasons }: PlannedTask): string {
  const held = Object.entries(levels).map(([resource, amount]) => `${amount} ${resource}`);
  return [
    `${name}: ${durationText(start)} to ${durationText(end)}`,
    ...(held.length > 0 ? [`holds ${held.join(", ")}`] : []),
    isCritical ? "on the critical path" : `slack ${durationText(slack)}`,
    ...reasons.flatMap((reason) => {
      if (reason.kind === "predecessor") return [`after ${reason.task}`];
      if (reason.kind === "resource")
        return [`waits for ${reason.resource}, held by ${reason.heldBy.join(", ")}`];
      return reason.kind === "window" ? [`waits until there is enough of ${reason.resource}`] : [];
    }),
    ...(late === undefined ? [] : [late.why]),
  ].join("; ");
}

function resourceChart(
  { name, unit, usage, utilisation, cost }: PlannedResource,
  top: number,
  { x }: Layout,
): string[] {
  const most = Math.max(...usage.map(({ used, available }) => Math.max(used, available)), 1e-12);
  const bottom = top + resourceHeight;
  const y = (amount: number) => fixed(bottom - (resourceHeight * amount) / most);
  const path = (key: "used" | "available") =>
    usage.map(({ from, to, [key]: amount }) => `${x(from)},${y(amount)} ${x(to)},${y(amount)}`).join(" ");
  const [first, last] = [usage[0], usage.at(-1)];
  const label = unit === "" ? name : `${name} (${unit})`;
  const price = cost === undefined ? "" : `, costs ${Number(cost.toFixed(2))}`;
  return [
    `<g><title>${xmlText(`${name}: used to ${percent(utilisation)}${price}`)}</title>`,
    `<text x="${labelWidth - 10}" y="${top + 14}" text-anchor="end">${xmlText(shortened(label))}</text>`,
    `<text class="quiet mono" x="${labelWidth - 10}" y="${top + 30}" text-anchor="end" font-size="11">${percent(utilisation)} of ${Number(most.toPrecision(6))}</text>`,
    `<line class="line" x1="${labelWidth}" y1="${bottom}" x2="${width - right}" y2="${bottom}"/>`,
    `<polygon class="used" points="${x(first?.from ?? 0)},${bottom} ${path("used")} ${x(last?.to ?? 0)},${bottom}"/>`,
    `<polyline class="available" points="${path("available")}"/>`,
    "</g>",
  ];
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(1))} %`;
}

function shortened(text: string): string {
  return text.length <= longestLabel ? text : `${text.slice(0, longestLabel - 1)}…`;
}

function fixed(value: number): number {
  return Number(value.toFixed(2));
}

function xmlText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
