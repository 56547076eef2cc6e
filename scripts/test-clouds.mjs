// `npm run test:clouds`: the contract of the clouds, and the example stacks through the real engine on simulated
// clouds; then a matrix of the contract's cases. Run by the project's own Node, which strips types.
// Arguments: parts of file names to run only those suites, e.g. `npm run test:clouds -- contracts`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Mocha from "mocha";
import { createMatrix, findSuites, runSuites } from "./test-matrix.mjs";

/** The longest first, since they run side by side. */
const SUITES = [
  ...["trouble", "example-stacks", "day-two", "teardown"].map((name) => `test/clouds/${name}.suite.ts`),
  "test/clouds/*.suite.ts",
  "test/simulator/*.suite.ts",
  "test/contracts/cloud/*.suite.ts",
];
/** Each engine keeps about one core busy. */
const JOBS = 2;

// Each command of the suites is a new process that loads the SDKs: compiled once, they start in two thirds of the time.
const compiled = mkdtempSync(join(tmpdir(), "skyloom-compiled-"));
process.env.NODE_COMPILE_CACHE = compiled;
const files = [...new Set(findSuites(SUITES, process.argv.slice(2)))];
const passed = await runSuites({ Mocha, files, jobs: JOBS, matrices: [createMatrix("cloud contract: ")] });
rmSync(compiled, { recursive: true, force: true });
process.exit(passed ? 0 : 1);
