// `npm run test:all`: every suite; goes on after a failure and ends with the sum. Files of tests that failed are run once
// more at the end, alone: a test that then passes is told as unsteady and counts as passed, one that fails again has failed.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder, toolEnvironment } from "./project.mjs";

/** The npm scripts, one after the other. One that runs no mocha counts as a single test. */
const SUITES = ["test", "lint", "typecheck", "test:clouds", "test:faults"];
/** And then these rows side by side: what is in them waits, for clusters and timeouts, more than it computes. */
const ROWS = [["test:kubernetes"], ["test:drivers", "test:inference"]];
/** On a desk without a cluster its suite is left out; elsewhere that is a failure. */
const left = process.env.KUBECONFIG || process.env.CI ? [] : ["test:kubernetes"];

/** More files than these are no accident: nothing is run again. */
const MAXIMUM_FILES_AGAIN = 4;

const total = { passed: 0, failed: 0, skipped: 0 };
/** What failed at first. */
const failures = [];
const listsFolder = mkdtempSync(join(tmpdir(), "skyloom-failed-"));

/** Runs npm scripts one after the other. @param show takes each script's output as it comes */
async function runInTurn(names, show) {
  for (const name of names) {
    const started = Date.now();
    const list = join(listsFolder, name.replaceAll(":", "-"));
    const result = await runSuite(["run", name], show, { SKYLOOM_FAILED_FILES: list });
    if (result.failed > 0) failures.push({ name, failed: result.failed, files: linesOf(list) });
    for (const key of Object.keys(total)) total[key] += result[key];
    const seconds = Math.round((Date.now() - started) / 1000);
    show(`\n${name}: ${result.passed} passed, ${result.failed} failed (${seconds} s)\n\n`);
  }
}

/** Reads mocha's closing lines from what npm prints. */
function runSuite(npmArguments, show, environment = {}) {
  const child = spawn("npm", npmArguments, {
    cwd: projectFolder,
    env: { ...toolEnvironment(), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      show(chunk);
      output += chunk;
    });
  return new Promise((resolve) => {
    child.once("close", (code) => resolve(count(output, code === 0)));
  });
}

function count(output, succeeded) {
  const passed = sum(output, /^\s*(\d+) passing/gm);
  const failed = sum(output, /^\s*(\d+) failing/gm);
  const skipped = sum(output, /^\s*(\d+) pending/gm);
  if (passed + failed === 0) return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped };
  // A suite that fails without a failing test broke outside of one: a hook of the run, or a crash.
  return { passed, failed: succeeded ? failed : Math.max(failed, 1), skipped };
}

function sum(text, pattern) {
  return [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
}

function linesOf(file) {
  try {
    return [...new Set(readFileSync(file, "utf8").trim().split("\n"))];
  } catch {
    // A suite without mocha, or one that broke outside of a test.
    return [];
  }
}

/** @returns whether everything in the suite's failed files passes now, run alone */
async function passesAgain({ name, files }, show) {
  if (files.length === 0 || files.length > MAXIMUM_FILES_AGAIN || files.includes("?")) return false;
  show(`\n${name}: once more ${files.join(", ")}\n`);
  // `npm test` names all files itself.
  const script = name === "test" ? ["exec", "--", "mocha"] : ["run", name, "--"];
  const { passed, failed } = await runSuite([...script, ...files], show);
  return failed === 0 && passed > 0;
}

const print = (text) => process.stdout.write(text);
await runInTurn(SUITES, print);
const rows = ROWS.map((row) => row.filter((name) => !left.includes(name)));
const [shown, ...others] = rows.filter((row) => row.length > 0);
// What ends later than the row that is shown follows it, or lines would mix.
const held = others.map(async (row) => {
  const parts = [];
  await runInTurn(row, (text) => parts.push(text));
  return parts;
});
await runInTurn(shown, print);
for (const parts of held) for (const part of await parts) print(part);
const unsteady = [];
for (const failure of failures) {
  if (!(await passesAgain(failure, print))) continue;
  total.failed -= failure.failed;
  total.passed += failure.failed;
  unsteady.push(...failure.files.map((file) => `${failure.name}: ${file}`));
}
rmSync(listsFolder, { recursive: true, force: true });
for (const one of unsteady) print(`unsteady, passed when run again alone: ${one}\n`);
for (const suite of left) process.stdout.write(`${suite} was left out: KUBECONFIG is not set\n`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
