// `npm run test:clouds`: the contract of the clouds, and the example stacks through the real engine on simulated
// clouds; then a matrix of the contract's cases. Run by the project's own Node, which strips types.
// Arguments: parts of file names to run only those suites, e.g. `npm run test:clouds -- contracts`.
import { globSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import { projectFolder } from "./project.mjs";

const CONTRACT = "cloud contract: ";
const GAP = " – not here: ";
const SUITES = ["test/contracts/cloud/*.suite.ts", "test/simulator/*.suite.ts", "test/clouds/*.suite.ts"];

/** What became of each contract case: case → cloud → mark. */
const matrix = new Map();
/** Reasons of the gaps, by cloud. */
const reasons = new Map();

function note(test, mark) {
  const suite = test.parent?.title ?? "";
  if (!suite.startsWith(CONTRACT)) return;
  const cloud = suite.slice(CONTRACT.length);
  const [name, reason] = test.title.split(GAP);
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
const mocha = new Mocha({ timeout: 60_000, forbidOnly: true, reporter: "spec" });
for (const file of files) mocha.addFile(join(projectFolder, file));
await mocha.loadFilesAsync();
let failures = 0;
let passes = 0;
const started = Date.now();
const runner = mocha.run(() => {
  printMatrix();
  // Once more at the end: what a reader, and scripts/test-all.mjs, looks for.
  console.log(`\n${passes} of ${passes + failures} in ${Math.round((Date.now() - started) / 1000)} s`);
  process.exit(failures === 0 ? 0 : 1);
});
runner.on("pass", (test) => {
  passes += 1;
  note(test, "✓");
});
runner.on("fail", (test) => {
  failures += 1;
  note(test, "✗");
});
