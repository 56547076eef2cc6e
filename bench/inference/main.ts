// Inference of Skyloom beside its peers; see bench/README.md.
// Usage: npm run bench:inference [-- --help]
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { SetUpError } from "../../scripts/pulumi-cli.mjs";
import { ArgumentsError, type BenchOptions, readArguments, usage } from "./arguments.ts";
import { chooseCores } from "./cores.ts";
import { generatorMaximum } from "./load/generator-maximum.ts";
import { startLoadGenerator } from "./load/load-generator.ts";
import { type Cell, measureModel } from "./measure.ts";
import { makePlan } from "./plan.ts";
import { stopAllPrograms } from "./processes.ts";
import type { Row } from "./row.ts";
import { fastapi, fastapiRaw } from "./servers/fastapi.ts";
import { litserve } from "./servers/litserve.ts";
import { mlserver } from "./servers/mlserver.ts";
import type { Server } from "./servers/server.ts";
import { skyloom } from "./servers/skyloom.ts";
import { soak, soakText } from "./soak.ts";
import { asText } from "./table.ts";

const COULD_NOT_RUN = 2;
const FAILED = 1;

const progress = (line: string) => void process.stderr.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), "skyloom-bench-inference-"));

process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

let stopping: Promise<void> | undefined;
// More than once: npm and whoever started it pass the same signal on.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, async () => {
    stopping ??= stopAllPrograms();
    await stopping;
    process.exit(128 + constants.signals[signal]);
  });

let status = 0;
try {
  const options = readArguments(process.argv.slice(2));
  if (options.help) process.stdout.write(usage);
  else if (options.minutes !== undefined) await runSoak(options.minutes, options.json);
  else await runTable(options);
} catch (error) {
  // What the interrupted measurement says then is no news.
  if (stopping !== undefined) await new Promise(() => undefined);
  const isSetUp = error instanceof ArgumentsError || error instanceof SetUpError;
  process.stderr.write(`${(error as Error).message.trimEnd()}\n`);
  status = isSetUp ? COULD_NOT_RUN : FAILED;
} finally {
  await stopAllPrograms();
}
process.exit(status);

async function runTable(options: BenchOptions): Promise<void> {
  const peers = [mlserver, litserve, fastapi, fastapiRaw].filter(({ name }) =>
    options.peers.some((peer) => peer === name),
  );
  for (const { install } of peers) await install?.();
  const servers: Server[] = [skyloom, ...peers];
  const cores = chooseCores();
  if (cores.server === undefined)
    progress(
      "nothing can be held to a processor here (that takes taskset and two processors): shares of the bare loop say less",
    );
  const cells: Cell[] = [];
  for (const plan of makePlan(options)) {
    const pinned = plan.isPinned ? cores : { server: undefined, load: undefined };
    const generator = startLoadGenerator(pinned.load);
    if (cells.length === 0) {
      const maximum = await generatorMaximum(generator, 2);
      progress(`the load generator reaches ${Math.round(maximum.requestsPerSecond)} requests/s`);
    }
    const measured = await measureModel({
      plan,
      servers,
      withBare: options.peers.includes("bare"),
      generator,
      core: pinned.server,
      folder,
      progress,
    });
    cells.push(...measured);
    await generator.stop();
  }
  process.stdout.write(
    options.json ? `${JSON.stringify({ rows: cells.map(asRow) }, null, 2)}\n` : asText(cells),
  );
}

async function runSoak(minutes: number, json: boolean): Promise<void> {
  const generator = startLoadGenerator(undefined);
  const report = await soak({ minutes, generator, folder, progress });
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : soakText(report));
}

function asRow({ server, model, concurrency, encoding, ...figures }: Cell): Row {
  const { requestsPerSecond, p50Ms, p99Ms, memoryMb } = figures;
  return { server, model, concurrency, encoding, requestsPerSecond, p50Ms, p99Ms, memoryMb };
}
