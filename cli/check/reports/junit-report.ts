import type { Rule } from "../pack.ts";
import type { CheckReport, StackReport } from "../report.ts";
import type { Violation } from "../stack-result.ts";
import { resourceText } from "./resource-text.ts";

/** A suite a stack, a case a rule; violations that fail the check are failures. */
export function junitReport({ pack, stacks }: CheckReport): string {
  const suites = stacks.map((stack) => suite(stack, pack.rules));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="skyloom check">\n${suites.join("")}</testsuites>\n`;
}

function suite(stack: StackReport, rules: Rule[]): string {
  const found = [...stack.violations, ...stack.waivers, ...stack.notChecked].flatMap(
    ({ rule }) => rule ?? [],
  );
  const names = new Set([...rules.map(({ name }) => name), ...found]);
  const cases = [...names].map((name) => testCase(stack, name));
  const count = (element: string) => cases.filter((text) => text.includes(`<${element}`)).length;
  const attributes = {
    name: stack.stack,
    tests: names.size,
    failures: count("failure"),
    skipped: count("skipped"),
    time: stack.seconds,
  };
  return `  <testsuite${attributesText(attributes)}>\n${cases.join("")}  </testsuite>\n`;
}

function testCase(stack: StackReport, rule: string): string {
  const of = <Item extends { rule: string | undefined }>(items: Item[]) =>
    items.filter((item) => item.rule === rule);
  const violations = of(stack.violations);
  const failures = violations.filter(({ level }) => level === "mandatory");
  const advisories = violations.filter(({ level }) => level === "advisory");
  const unknown = of(stack.notChecked);
  const notes = [
    ...advisories.map((each) => `advisory: ${textOf(each)}`),
    ...of(stack.waivers).map(
      ({ resource, expires, owner, reason }) =>
        `waived until ${expires} by ${owner}: ${resourceText(resource)}: ${reason}`,
    ),
    ...unknown.map(({ resource, reason }) => `not checked: ${resourceText(resource)}: ${reason}`),
  ];
  const parts = [
    ...(failures.length === 0
      ? []
      : [
          `      <failure${attributesText({ message: failures[0]?.message ?? "", type: rule })}>` +
            `${escaped(failures.map(textOf).join("\n"))}</failure>\n`,
        ]),
    // Neither passed nor failed: the rule could not look at all.
    ...(failures.length === 0 && unknown.length > 0
      ? [`      <skipped${attributesText({ message: unknown[0]?.reason ?? "" })}/>\n`]
      : []),
    ...(notes.length === 0 ? [] : [`      <system-out>${escaped(notes.join("\n"))}</system-out>\n`]),
  ];
  const head = `    <testcase${attributesText({ name: rule, classname: stack.stack, time: 0 })}`;
  return parts.length === 0 ? `${head}/>\n` : `${head}>\n${parts.join("")}    </testcase>\n`;
}

function textOf({ resource, message, fix }: Violation): string {
  return `${resourceText(resource)}: ${message}${fix === undefined ? "" : `\nFix: ${fix}`}`;
}

function attributesText(attributes: Record<string, string | number>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll("\n", "&#10;")}"`)
    .join("");
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML 1.0 has no control characters, not even escaped. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to remove
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
  return clean.toWellFormed().replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
