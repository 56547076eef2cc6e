// Workflows of Skyloom beside bare Restate, BullMQ, Prefect and Temporal; see bench/README.md.
// Usage: npm run bench:workflows [-- --help]
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { stopAllPrograms } from "../inference/processes.ts";
import { ArgumentsError, type BenchOptions, readArguments, usage } from "./arguments.ts";
import { bullmq, bullmqEverysec } from "./engines/bullmq.ts";
import { prefect } from "./engines/prefect.ts";
import { restate } from "./engines/restate.ts";
import { skyloom } from "./engines/skyloom.ts";
import { temporal, temporalLocal } from "./engines/temporal.ts";
import { measure } from "./measure.ts";
import { asText } from "./table.ts";
import { measureWaiting } from "./waiting.ts";

const all = [skyloom, restate, bullmq, bullmqEverysec, prefect, temporal, temporalLocal];
const COULD_NOT_RUN = 2;
const FAILED = 1;

const progress = (line: string) => void process.stderr.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), "skyloom-bench-workflows-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, async () => {
    await stopAllPrograms();
    process.exit(128 + constants.signals[signal]);
  });

let status = 0;
try {
  const options = readArguments(process.argv.slice(2));
  if (options.help) process.stdout.write(usage);
  else await run(options);
} catch (error) {
  process.stderr.write(`${(error as Error).message.trimEnd()}\n`);
  status = error instanceof ArgumentsError ? COULD_NOT_RUN : FAILED;
} finally {
  await stopAllPrograms();
}
process.exit(status);

async function run({ quick, json, only, engines: names }: BenchOptions): Promise<void> {
  // To measure memory without what is only not yet collected.
  setFlagsFromString("--expose-gc");
  globalThis.gc = runInNewContext("gc");
  const engines = all.filter(({ name }) => names.includes(name));
  const extent = quick ? { rounds: 3, warmUpSeconds: 1 } : { rounds: 9, warmUpSeconds: 3 };
  const rows = only === "waiting" ? [] : await measure({ engines, ...extent, folder, progress });
  const waiting =
    only === "shapes" ? undefined : await measureWaiting(quick ? 500 : 10_000, folder, progress);
  process.stdout.write(
    json ? `${JSON.stringify({ rows, waiting }, null, 2)}\n` : asText(rows, waiting, engines),
  );
  if (rows.some(({ engine, milliseconds }) => engine === "skyloom" && milliseconds === null)) status = FAILED;
}
