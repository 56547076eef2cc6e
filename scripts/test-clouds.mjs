// `npm run test:clouds`: the contract of the clouds, and the example stacks through the real engine on simulated
// clouds; then a matrix of the contract's cases. Run by the project's own Node, which strips types.
// Arguments: parts of file names to run only those suites, e.g. `npm run test:clouds -- contracts`.
import { globSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import { projectFolder } from "./project.mjs";

const CONTRACT = "cloud contract: ";
const GAP = " – not here: ";
/** The longest first, since they run side by side. */
const SUITES = ["test/clouds/*.suite.ts", "test/simulator/*.suite.ts", "test/contracts/cloud/*.suite.ts"];
/** Each engine waits as much as it computes. */
const JOBS = 2;

/** What became of each contract case: case → cloud → mark. */
const matrix = new Map();
/** Reasons of the gaps, by cloud. */
const reasons = new Map();

function note(test, mark) {
  const title = test.fullTitle();
  if (!title.startsWith(CONTRACT)) return;
  const [cloud] = title.slice(CONTRACT.length).split(" ");
  const [name, reason] = title.slice(CONTRACT.length + cloud.length + 1).split(GAP);
  const row = matrix.get(name) ?? new Map();
  matrix.set(name, row.set(cloud, reason !== undefined && mark === "✓" ? "–" : mark));
  if (reason === undefined) return;
  reasons.set(cloud, (reasons.get(cloud) ?? new Set()).add(reason));
}

function printMatrix() {
  if (matrix.size === 0) return;
  const clouds = [...new Set([...matrix.values()].flatMap((row) => [...row.keys()]))];
  const width = Math.max(...[...matrix.keys()].map((name) => name.length));
  const line = (name, marks) =>
    `${name.padEnd(width)}  ${marks.map((mark, index) => mark.padEnd(clouds[index].length)).join("  ")}`.trimEnd();
  console.log(`\n${line("contract case", clouds)}`);
  for (const [name, row] of matrix)
    console.log(
      line(
        name,
        clouds.map((cloud) => row.get(cloud) ?? ""),
      ),
    );
  for (const [cloud, texts] of reasons) {
    console.log(`\n– ${cloud} has it not, declares why, and a test asserts how it does without:`);
    for (const text of texts) console.log(`    ${text}`);
  }
}

const wanted = process.argv.slice(2);
const files = SUITES.flatMap((pattern) => globSync(pattern, { cwd: projectFolder }).sort()).filter(
  (file) => wanted.length === 0 || wanted.some((part) => file.includes(part)),
);
if (files.length === 0) {
  console.error(`no suite is called ${wanted.join(" or ")}; they are in ${SUITES.join(", ")}`);
  process.exit(2);
}
const mocha = new Mocha({ timeout: 60_000, forbidOnly: true, reporter: "spec", parallel: true, jobs: JOBS });
for (const file of files) mocha.addFile(join(projectFolder, file));
const counts = { passed: 0, failed: 0 };
const started = Date.now();
const runner = mocha.run(() => {
  printMatrix();
  console.log(
    `\n${counts.passed} passed, ${counts.failed} failed in ${Math.round((Date.now() - started) / 1000)} s`,
  );
  process.exit(counts.failed === 0 ? 0 : 1);
});
runner.on("pass", (test) => {
  counts.passed += 1;
  note(test, "✓");
});
runner.on("fail", (test) => {
  counts.failed += 1;
  note(test, "✗");
});
