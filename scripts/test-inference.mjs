// `npm run test:inference`: the Open Inference Protocol as others speak it: every call of the Python client
// tritonclient[http], which is installed where missing, and malformed requests from a seed.
// Arguments: parts of file names to run only those suites, e.g. `npm run test:inference -- fuzz`.
import { join } from "node:path";
import Mocha from "mocha";
import { stateFolder } from "./project.mjs";
import { pythonEnvironment } from "./python-environment.mjs";
import { findSuites, runSuites } from "./test-matrix.mjs";

const VERSION = "2.73.0";

const files = findSuites(["test/inference/*.suite.ts"], process.argv.slice(2));
let status = 2;
try {
  // The suites run in processes of mocha's, which inherit it.
  process.env.SKYLOOM_TEST_TRITONCLIENT = await pythonEnvironment({
    name: "tritonclient",
    version: VERSION,
    packages: [`tritonclient[http]==${VERSION}`],
    cacheFolder: join(stateFolder, "emulators"),
  });
  // One after the other: each wants the processors for itself.
  const passed = await runSuites({ Mocha, files, jobs: 1, timeout: 600_000, matrices: [] });
  status = passed ? 0 : 1;
} catch (error) {
  console.error(error.stack.startsWith("Error") && error.constructor !== Error ? error.message : error);
}
process.exit(status);
