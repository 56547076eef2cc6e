import { duration, styled, table } from "../../output.ts";
import type { CheckReport, StackReport } from "../report.ts";
import type { NotChecked, Violation } from "../stack-result.ts";
import { counted, dollars, resourceText } from "./resource-text.ts";

/** That a line lists. */
const MOST_NAMES = 10;

/** For a terminal. */
export function tableReport({ pack, stacks }: CheckReport): string {
  const details = stacks.map(stackText).filter((text) => text !== "");
  return [...details, summary(stacks), `${pack.rules.length} rules of ${pack.name} ${pack.version}`].join(
    "\n\n",
  );
}

function stackText(report: StackReport): string {
  const lines = [
    ...report.violations.flatMap(violationLines),
    ...report.waivers.flatMap(({ rule, resource, message, expires, owner, reason }) => [
      `${styled("cyan", "waived")}  ${rule}  ${resourceText(resource)}: ${message}`,
      `    until ${expires} by ${owner}: ${reason}`,
    ]),
    ...report.remediations.map(
      ({ rule, resource }) => `changed in an update  ${rule}  ${resourceText(resource)}`,
    ),
    ...notCheckedLines(report.notChecked),
    ...report.warnings.map((warning) => `${styled("yellow", "warning")}  ${warning}`),
  ];
  return lines.length === 0 ? "" : [styled("bold", report.stack), ...lines].join("\n");
}

function violationLines({ level, severity, rule, resource, location, message, fix }: Violation): string[] {
  const mark = level === "mandatory" ? styled("red", "✗") : styled("yellow", "!");
  const where = location === undefined ? "" : `  ${location.path}:${location.line}`;
  return [
    `${mark} ${styled("bold", rule)}  ${[severity, level].filter(Boolean).join(", ")}  ${resourceText(resource)}${where}`,
    ...message.split("\n").map((line) => `    ${line}`),
    ...(fix === undefined ? [] : [`    fix: ${fix}`]),
  ];
}

/** Whole resources one by one; rules that could not look yet, with the resources that they met. */
function notCheckedLines(entries: NotChecked[]): string[] {
  const word = styled("yellow", "not checked");
  const whole = entries.filter(({ rule }) => rule === undefined);
  const byRule = Map.groupBy(
    entries.filter(({ rule }) => rule !== undefined),
    ({ rule }) => rule,
  );
  return [
    ...whole.map(({ resource, reason }) => `${word}  ${resourceText(resource)}: ${reason}`),
    ...[...byRule].map(([rule, found]) => `${word}  ${rule}: known at apply only for ${someNames(found)}`),
  ];
}

function someNames(entries: NotChecked[]): string {
  const names = entries.map(({ resource }) => resource?.name ?? "the stack");
  const more = names.length > MOST_NAMES ? [`and ${names.length - MOST_NAMES} more`] : [];
  return [...names.slice(0, MOST_NAMES), ...more].join(", ");
}

function summary(stacks: StackReport[]): string {
  const priced = stacks.some(({ cost }) => cost !== undefined);
  const heading = ["STACK", "RESULT", "RESOURCES", "VIOLATIONS", "ADVISORY", "WAIVED", "NOT CHECKED"];
  const rows = stacks.map((report) => {
    const mandatory = report.violations.filter(({ level }) => level === "mandatory").length;
    return [
      report.stack,
      mandatory === 0 ? "passed" : "failed",
      ...[report.resources, mandatory, report.violations.length - mandatory].map(String),
      ...[report.waivers.length, report.notChecked.length].map(String),
      ...(priced ? [costText(report)] : []),
      duration(report.seconds),
    ];
  });
  return table([[...heading, ...(priced ? ["EXPECTED A MONTH"] : []), "TIME"], ...rows]);
}

function costText({ cost, costBefore }: StackReport): string {
  if (cost === undefined) return "unknown";
  const difference =
    costBefore === undefined ? "" : ` (${dollars(cost.total.expected - costBefore.expected, true)})`;
  const unknown = cost.unknown.length === 0 ? "" : ` and ${counted(cost.unknown.length, "unknown price")}`;
  return `${dollars(cost.total.expected)}${difference}${unknown}`;
}
