// `npm run test:clouds`: the contract of the clouds, and the example stacks through the real engine on simulated
// clouds; then a matrix of the contract's cases. Run by the project's own Node, which strips types.
// Arguments: parts of file names to run only those suites, e.g. `npm run test:clouds -- contracts`.
import Mocha from "mocha";
import { createMatrix, findSuites, runSuites } from "./test-matrix.mjs";

/** The longest first, since they run side by side. */
const SUITES = ["test/clouds/*.suite.ts", "test/simulator/*.suite.ts", "test/contracts/cloud/*.suite.ts"];
/** Each engine waits as much as it computes. */
const JOBS = 2;

const files = findSuites(SUITES, process.argv.slice(2));
const passed = await runSuites({ Mocha, files, jobs: JOBS, matrices: [createMatrix("cloud contract: ")] });
process.exit(passed ? 0 : 1);
