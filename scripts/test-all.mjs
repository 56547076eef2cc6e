// `npm run test:all`: every suite, one after the other; goes on after a failure and ends with the sum.
import { spawn } from "node:child_process";
import { projectFolder, toolEnvironment } from "./project.mjs";

/** The npm scripts, in this order. One that runs no mocha counts as a single test. */
const SUITES = [
  "test",
  "lint",
  "typecheck",
  "test:inference",
  "test:clouds",
  "test:drivers",
  "test:kubernetes",
];
/** On a desk without a cluster its suite is left out; elsewhere that is a failure. */
const left = process.env.KUBECONFIG || process.env.CI ? [] : ["test:kubernetes"];

/** Runs an npm script, shows its output as it comes, and reads mocha's closing lines from it. */
function runSuite(name) {
  const child = spawn("npm", ["run", name], {
    cwd: projectFolder,
    env: toolEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    process.stdout.write(chunk);
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

const total = { passed: 0, failed: 0, skipped: 0 };
for (const suite of SUITES.filter((name) => !left.includes(name))) {
  const started = Date.now();
  const result = await runSuite(suite);
  for (const key of Object.keys(total)) total[key] += result[key];
  const seconds = Math.round((Date.now() - started) / 1000);
  process.stdout.write(`\n${suite}: ${result.passed} passed, ${result.failed} failed (${seconds} s)\n\n`);
}
for (const suite of left) process.stdout.write(`${suite} was left out: KUBECONFIG is not set\n`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
