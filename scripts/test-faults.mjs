// `npm run test:faults`: workflows under faults, with real processes: kills of runtimes and of nodes of Restate, a clock that
// jumps, a full disk, targets that are slow or cut connections. TEST_FAULTS_RUNS: runs under kills, 60 if not set.
// Arguments: parts of file names to run only those suites, e.g. `npm run test:faults -- kills`.
import Mocha from "mocha";
import { findSuites, runSuites } from "./test-matrix.mjs";

const files = findSuites(["test/faults/*.suite.ts"], process.argv.slice(2));
let status = 2;
try {
  // One after the other: each wants the processors for itself.
  const passed = await runSuites({ Mocha, files, jobs: 1, timeout: 150_000, matrices: [] });
  status = passed ? 0 : 1;
} catch (error) {
  console.error(error.stack);
}
process.exit(status);
