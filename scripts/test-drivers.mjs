// `npm run test:drivers`: every driver of a bucket, a queue or a store of secrets passes its port's contract on an
// emulator that really runs (emulators/*.mjs; installed where missing, and stopped at the end), and so do the sources of the
// task prepare, and containers on a Docker Engine; then a matrix of cases and drivers. An emulator that does not start fails the run.
// Arguments: parts of file names to run only those suites, e.g. `npm run test:drivers -- sqs`.
import { globSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import Mocha from "mocha";
import { projectFolder, stateFolder } from "./project.mjs";
import { createMatrix, findSuites, runSuites } from "./test-matrix.mjs";

/** The slowest first, since they run side by side. */
const SUITES = ["queue", "object-store", "secrets", "prepare", "containers"].map(
  (port) => `test/drivers/${port}/*.suite.ts`,
);
/** They mostly wait, for visibility timeouts. */
const JOBS = 4;
/** Of a case that says no other; four suites and as many emulators share the processors. */
const TIMEOUT = 180_000;

const files = findSuites(SUITES, process.argv.slice(2));
const cacheFolder = join(stateFolder, "emulators");
mkdirSync(cacheFolder, { recursive: true });
const dataFolder = mkdtempSync(join(cacheFolder, "data-"));
const stops = [];

async function startEmulators() {
  for (const file of globSync("scripts/emulators/*.mjs", { cwd: projectFolder }).sort()) {
    const { default: emulator } = await import(pathToFileURL(join(projectFolder, file)).href);
    if (!emulator?.suites.some((suite) => files.some((path) => basename(path).startsWith(suite)))) continue;
    const folder = join(dataFolder, emulator.name);
    mkdirSync(folder);
    const { environment, stop } = await emulator.start({ cacheFolder, dataFolder: folder });
    stops.push(stop);
    // The suites run in processes of mocha's, which inherit it.
    Object.assign(process.env, environment);
  }
}

async function stopEmulators() {
  await Promise.allSettled(stops.splice(0).map((stop) => stop()));
  rmSync(dataFolder, { recursive: true, force: true });
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.once(signal, async () => {
    await stopEmulators();
    process.exit(130);
  });

let status = 2;
try {
  await startEmulators();
  const matrices = ["object store", "queue", "large messages", "secret store", "containers"].map((port) =>
    createMatrix(`${port} contract: `),
  );
  const passed = await runSuites({ Mocha, files, jobs: JOBS, timeout: TIMEOUT, matrices });
  const missing = matrices.flatMap((matrix) => matrix.missing());
  for (const missed of missing) console.error(`not run: ${missed}`);
  status = passed && missing.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error.stack.startsWith("Error") && error.constructor !== Error ? error.message : error);
} finally {
  await stopEmulators();
}
process.exit(status);
