// What became of each case of a contract on each of its back ends, from the titles of mocha's tests:
// "cloud contract: aws …", "queue contract: sqs …". Printed by test:clouds and test:drivers.
import { globSync } from "node:fs";
import { join } from "node:path";
import { noteFailedFiles } from "./failed-files.mjs";
import { projectFolder } from "./project.mjs";

/** Between a case's name and the reason why a back end has it not, as the contract suites write it. */
const GAP = " – not here: ";

/** @param contract what the titles begin with, e.g. "cloud contract: " */
export function createMatrix(contract) {
  /** case → back end → mark. */
  const rows = new Map();
  /** back end → reasons. */
  const reasons = new Map();

  function note(title, mark) {
    if (!title.startsWith(contract)) return;
    const [backEnd] = title.slice(contract.length).split(" ");
    const [name, reason] = title.slice(contract.length + backEnd.length + 1).split(GAP);
    const row = rows.get(name) ?? new Map();
    rows.set(name, row.set(backEnd, reason !== undefined && mark === "✓" ? "–" : mark));
    if (reason === undefined) return;
    reasons.set(backEnd, (reasons.get(backEnd) ?? new Set()).add(reason));
  }

  function print() {
    if (rows.size === 0) return;
    const backEnds = [...new Set([...rows.values()].flatMap((row) => [...row.keys()]))].sort();
    const heading = `${contract.replace(": ", "")} case`;
    const width = Math.max(heading.length, ...[...rows.keys()].map((name) => name.length));
    const line = (name, marks) =>
      `${name.padEnd(width)}  ${marks.map((mark, index) => mark.padEnd(backEnds[index].length)).join("  ")}`.trimEnd();
    console.log(`\n${line(heading, backEnds)}`);
    for (const [name, row] of rows)
      console.log(
        line(
          name,
          backEnds.map((backEnd) => row.get(backEnd) ?? ""),
        ),
      );
    for (const [backEnd, texts] of reasons) {
      console.log(`\n– ${backEnd} has it not, declares why, and a test asserts how it does without:`);
      for (const text of texts) console.log(`    ${text}`);
    }
  }

  return {
    note,
    print,
    /** Cases that a back end neither passed nor failed: `case (back end)`. */
    missing() {
      const backEnds = [...new Set([...rows.values()].flatMap((row) => [...row.keys()]))];
      return [...rows].flatMap(([name, row]) =>
        backEnds.filter((backEnd) => !row.has(backEnd)).map((backEnd) => `${name} (${backEnd})`),
      );
    },
  };
}

/** The files of the patterns whose paths hold one of the wanted texts, or all; ends the process where none does. */
export function findSuites(patterns, wanted) {
  const files = patterns
    .flatMap((pattern) => globSync(pattern, { cwd: projectFolder }).sort())
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
  if (files.length > 0) return files.map((file) => join(projectFolder, file));
  console.error(`no suite is called ${wanted.join(" or ")}; they are in ${patterns.join(", ")}`);
  process.exit(2);
}

/**
 * Runs the suites side by side, prints the matrices and the sum.
 * @returns whether everything passed
 */
export async function runSuites({ Mocha, files, jobs, timeout = 60_000, matrices }) {
  const mocha = new Mocha({ timeout, forbidOnly: true, reporter: "spec", parallel: true, jobs });
  for (const file of files) mocha.addFile(file);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const started = Date.now();
  await new Promise((resolve) => {
    const runner = mocha.run(resolve);
    noteFailedFiles(runner);
    const count = (what, mark) => (test) => {
      counts[what] += 1;
      for (const matrix of matrices) matrix.note(test.fullTitle(), mark);
    };
    runner.on("pass", count("passed", "✓"));
    runner.on("fail", count("failed", "✗"));
    runner.on("pending", count("skipped", "·"));
  });
  for (const matrix of matrices) matrix.print();
  const seconds = Math.round((Date.now() - started) / 1000);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped} in ${seconds} s`);
  return counts.failed === 0 && counts.passed > 0;
}
