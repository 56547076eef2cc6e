import type { CostEstimate, CostRange } from "../cost.ts";
import { type CheckReport, mandatoryCount, type StackReport } from "../report.ts";
import type { NotChecked, ResourceName, Violation } from "../stack-result.ts";
import { counted, dollars, resourceText } from "./resource-text.ts";

/** By this a job that comments finds the comment that it wrote before. */
export const MARKER = "<!-- skyloom-check -->";

/** Characters that a comment may have on GitHub, less room for the note. */
const LIMIT = 65_000;
/** Entries of one list that a comment shows. */
const MOST = 50;

/** One comment on a pull request. */
export function markdownReport(report: CheckReport): string {
  const mandatory = mandatoryCount(report);
  const verdict = mandatory === 0 ? "✅ passed" : `❌ ${counted(mandatory, "violation")}`;
  const { name, version, rules } = report.pack;
  const text = [
    MARKER,
    `## Skyloom check: ${verdict}`,
    overview(report.stacks),
    ...report.stacks.flatMap(stackSections),
    `<sub>${rules.length} rules of ${escaped(`${name} ${version}`)}</sub>`,
  ].join("\n\n");
  if (text.length <= LIMIT) return `${text}\n`;
  return `${text.slice(0, text.lastIndexOf("\n", LIMIT))}\n\n*Cut here: the other forms of the report hold all of it.*\n`;
}

function overview(stacks: StackReport[]): string {
  return tableText(
    ["Stack", "", "Resources", "Violations", "Advisory", "Waived", "Not checked", "Expected a month"],
    stacks.map((stack) => {
      const mandatory = stack.violations.filter(({ level }) => level === "mandatory").length;
      const numbers = [stack.resources, mandatory, stack.violations.length - mandatory];
      return [
        escaped(stack.stack),
        mandatory === 0 ? "✅" : "❌",
        ...[...numbers, stack.waivers.length, stack.notChecked.length].map(String),
        stack.cost === undefined ? "" : `${dollars(stack.cost.total.expected)}${differenceText(stack)}`,
      ];
    }),
  );
}

function differenceText({ cost, costBefore }: StackReport): string {
  if (cost === undefined || costBefore === undefined) return "";
  return ` (${dollars(cost.total.expected - costBefore.expected, true)})`;
}

function stackSections(stack: StackReport): string[] {
  const { violations, waivers, cost, notChecked, warnings } = stack;
  const parts = [
    section(violations, violationText),
    folded(
      counted(waivers.length, "waiver used", "waivers used"),
      waivers.map(
        ({ rule, resource, message, expires, owner, reason }) =>
          `${code(rule)} on ${resourceMarkdown(resource)}: ${escaped(message)}, until ${escaped(expires)} by ${escaped(owner)}: ${escaped(reason)}`,
      ),
    ),
    cost === undefined ? "" : costText(cost, stack.costBefore),
    folded(`${notChecked.length} not checked`, notChecked.map(notCheckedText)),
    folded(counted(warnings.length, "warning"), warnings.map(escaped)),
  ].filter((part) => part !== "");
  return parts.length === 0 ? [] : [`### ${escaped(stack.stack)}`, ...parts];
}

function section<Item>(items: Item[], text: (item: Item) => string): string {
  const more = items.length > MOST ? [`and ${items.length - MOST} more`] : [];
  return [...items.slice(0, MOST).map(text), ...more].map((line) => `- ${line}`).join("\n");
}

function folded(title: string, lines: string[]): string {
  if (lines.length === 0) return "";
  return `<details><summary>${title}</summary>\n\n${section(lines, (line) => line)}\n\n</details>`;
}

function violationText({
  level,
  severity,
  rule,
  resource,
  location,
  message,
  fix,
  framework,
}: Violation): string {
  const mark = level === "mandatory" ? "❌" : "⚠️";
  const grade = severity === undefined ? "" : ` (${severity})`;
  const reference =
    framework === undefined
      ? ""
      : `, ${escaped(`${framework.name} ${framework.version} ${framework.reference}`.trim())}`;
  const where = location === undefined ? "" : `, ${code(`${location.path}:${location.line}`)}`;
  return [
    `${mark} ${code(rule)}${grade}${reference}: ${resourceMarkdown(resource)}${where}`,
    escaped(message),
    ...(fix === undefined ? [] : [`**Fix:** ${escaped(fix)}`]),
  ].join("<br>");
}

function notCheckedText({ rule, resource, reason }: NotChecked): string {
  return `${rule === undefined ? "" : `${code(rule)}: `}${resourceMarkdown(resource)}: ${escaped(reason)}`;
}

function costText(cost: CostEstimate, before: CostRange | undefined): string {
  const columns = ["minimum", "expected", "maximum"] as const;
  const rows = [
    ["USD a month", ...columns.map((column) => dollars(cost.total[column]))],
    ...(before === undefined
      ? []
      : [
          [
            "against the base",
            ...columns.map((column) => dollars(cost.total[column] - before[column], true)),
          ],
        ]),
  ];
  const unknown = cost.unknown.map(
    ({ name, what, unknown: why }) =>
      `${escaped(name)}: ${escaped(what)}: ${escaped(why?.reason ?? "unknown")}`,
  );
  return [
    tableText(["Cost", ...columns], rows),
    folded(`${counted(unknown.length, "price")} unknown, and not in these sums`, unknown),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function tableText(heading: string[], rows: string[][]): string {
  return [heading, heading.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function resourceMarkdown(resource: ResourceName | undefined): string {
  return resource === undefined ? resourceText(resource) : `${code(resource.name)} ${code(resource.type)}`;
}

/** A code span that nothing in the text can end. */
function code(text: string): string {
  return `\`${text.replace(/[`\r\n|]/g, " ")}\``;
}

/** Text that a program's author chose must neither format, link, nor mention anybody. */
function escaped(text: string): string {
  return text
    .replace(/[&<>@#\\`*_[\]|~]|:(?=\/\/)|\.(?<=\bwww\.)/gi, (character) => `&#${character.codePointAt(0)};`)
    .replace(/\r?\n/g, "<br>");
}
