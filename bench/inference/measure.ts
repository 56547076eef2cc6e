import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { checkAnswer, expectedOutput } from "./answers.ts";
import { type BareLoop, startBareLoop } from "./bare.ts";
import type { BareFigures } from "./bare-loop.ts";
import type { LoadGenerator } from "./load/load-generator.ts";
import { median } from "./load/statistics.ts";
import type { BenchModel } from "./models/bench-model.ts";
import { makeModel } from "./models/make-model.ts";
import type { ModelPlan } from "./plan.ts";
import type { Encoding, Row } from "./row.ts";
import type { RunningServer, Server } from "./servers/server.ts";
import { type GroupUsage, readGroupUsage } from "./usage.ts";

const LOOK_MS = 200;
const MOST_LOOKS = 50;
/** Of one processor. */
const IDLE_SHARE = 0.2;

/** A row with what its figures do not tell. */
export interface Cell extends Row {
  /** Why there are no figures. */
  missing?: string;
  /** By the server's processes for a request; independent of how busy the machine is otherwise. */
  processorMs?: number;
  /** Of one processor, by the load generator: the highest of the rounds. */
  generatorShare?: number;
}

export interface Measurement {
  plan: ModelPlan;
  servers: Server[];
  withBare: boolean;
  generator: LoadGenerator;
  /** For the servers and the bare loop. */
  core: number | undefined;
  /** For files of this measurement. */
  folder: string;
  progress: (line: string) => void;
}

/** Something that has its turn in each round. */
interface Contender {
  name: Cell["server"];
  encoding: Encoding;
  groupId: number;
  turn(concurrency: number): Promise<Turn>;
}

interface Turn extends BareFigures {
  processorShare?: number;
}

/** Why a server has no figures with an encoding. */
interface Missing {
  server: Server["name"];
  encoding: Encoding;
  reason: string;
}

/** Measures one model: a process of each server for each encoding, all at the same time, with turns one after the other. */
export async function measureModel(measurement: Measurement): Promise<Cell[]> {
  const { plan, folder, core, progress } = measurement;
  progress(`${plan.model}: making the model`);
  const model = await makeModel[plan.model]();
  progress(`${plan.model}: ${model.description}`);
  const modelFile = join(folder, `${plan.model}.onnx`);
  writeFileSync(modelFile, model.onnx);
  const bare = measurement.withBare ? await startBareLoop(model, modelFile, core) : undefined;
  const running: RunningServer[] = [];
  try {
    const { contenders, missing } = await startServers(measurement, model, modelFile, running);
    await warmUp(contenders, plan, progress);
    if (bare !== undefined) contenders.unshift(bareContender(bare, plan));
    const cells: Cell[] = [];
    for (const concurrency of plan.concurrencies) {
      cells.push(...(await measureConcurrency(contenders, plan, concurrency, progress)));
      for (const { server, encoding, reason } of missing)
        cells.push({ ...emptyRow(server, plan, concurrency, encoding), missing: reason });
    }
    return cells;
  } finally {
    await Promise.all(running.map(({ program }) => program.stop()));
    await bare?.program.stop();
  }
}

/** @param running whoever calls stops what is in it, also after a failure */
async function startServers(
  measurement: Measurement,
  model: BenchModel,
  modelFile: string,
  running: RunningServer[],
): Promise<{ contenders: Contender[]; missing: Missing[] }> {
  const { plan, servers, core, folder, progress } = measurement;
  progress(`${plan.model}: starting ${servers.map(({ name }) => name).join(", ")}`);
  const expected = await expectedOutput(model);
  const starts = await Promise.allSettled(
    servers.flatMap((server) =>
      plan.encodings.map(async (encoding): Promise<Contender | Missing> => {
        const missing = (why: string) => ({
          server: server.name,
          encoding,
          reason: `not supported: ${why}`,
        });
        const refused = server.unsupported?.[encoding];
        if (refused !== undefined) return missing(refused);
        const own = mkdtempSync(join(folder, `${server.name}-`));
        const started = await server.start({ model, modelFile, encoding, core, folder: own });
        running.push(started);
        const unsupported = await checkAnswer(started, expected);
        if (unsupported !== undefined) return missing(unsupported);
        return serverContender(server, started, encoding, measurement);
      }),
    ),
  );
  const found = starts.map((start) => {
    if (start.status === "rejected") throw start.reason;
    return start.value;
  });
  return {
    contenders: found.filter((one) => "turn" in one),
    missing: found.filter((one) => "reason" in one),
  };
}

/** A turn for each server that does not count: compilers learn from it, and some which batches are fast. */
async function warmUp(
  contenders: Contender[],
  { model, concurrencies }: ModelPlan,
  progress: (line: string) => void,
): Promise<void> {
  for (const contender of contenders) {
    const { requestsPerSecond } = await contender.turn(Math.max(...concurrencies));
    await untilIdle(contender.groupId);
    progress(
      `${model}, ${contender.encoding}, warm-up: ${contender.name} ${requestsPerSecond.toFixed(1)} requests/s`,
    );
  }
}

async function measureConcurrency(
  contenders: Contender[],
  plan: ModelPlan,
  concurrency: number,
  progress: (line: string) => void,
): Promise<Cell[]> {
  const turns = new Map(contenders.map((contender) => [contender, [] as TurnFigures[]]));
  for (let round = 1; round <= plan.rounds; round += 1)
    for (const [contender, figures] of turns) {
      const before = readGroupUsage(contender.groupId);
      const turn = await contender.turn(concurrency);
      const after = readGroupUsage(contender.groupId);
      await untilIdle(contender.groupId);
      figures.push({ ...turn, memoryMb: after?.memoryMb, processorMs: processorMsEach(turn, before, after) });
      progress(
        `${plan.model}, ${contender.encoding}, concurrency ${concurrency}, round ${round} of ${plan.rounds}: ${contender.name} ${turn.requestsPerSecond.toFixed(1)} requests/s`,
      );
    }
  return [...turns].map(([{ name, encoding }, figures]) => {
    const middle = (select: (turn: TurnFigures) => number) => rounded(median(figures.map(select)));
    const memory = figures.map(({ memoryMb }) => memoryMb).filter((value) => value !== undefined);
    const processor = figures.map(({ processorMs }) => processorMs).filter((value) => value !== undefined);
    return {
      ...emptyRow(name, plan, concurrency, encoding),
      requestsPerSecond: middle((turn) => turn.requestsPerSecond),
      p50Ms: middle((turn) => turn.p50Ms),
      p99Ms: middle((turn) => turn.p99Ms),
      memoryMb: memory.length === 0 ? null : Math.max(...memory),
      ...(processor.length === 0 ? {} : { processorMs: rounded(median(processor)) }),
      generatorShare: Math.max(...figures.map(({ processorShare = 0 }) => processorShare)),
    };
  });
}

/** Requests that the end of a turn cut off may still be worked on, at the cost of whoever has its turn next. */
async function untilIdle(groupId: number): Promise<void> {
  let before = readGroupUsage(groupId)?.processorMs;
  for (let look = 0; look < MOST_LOOKS && before !== undefined; look += 1) {
    await delay(LOOK_MS);
    const now = readGroupUsage(groupId)?.processorMs;
    if (now === undefined || now - before < IDLE_SHARE * LOOK_MS) return;
    before = now;
  }
}

interface TurnFigures extends Turn {
  memoryMb: number | undefined;
  processorMs: number | undefined;
}

function processorMsEach(
  { allRequests }: Turn,
  before: GroupUsage | undefined,
  after: GroupUsage | undefined,
): number | undefined {
  if (before?.processorMs === undefined || after?.processorMs === undefined) return undefined;
  return (after.processorMs - before.processorMs) / allRequests;
}

function serverContender(
  { name }: Server,
  { url, request, program }: RunningServer,
  encoding: Encoding,
  { generator, plan: { seconds, warmUpSeconds } }: Measurement,
): Contender {
  const order = { url, ...request, seconds, warmUpSeconds };
  return {
    name,
    encoding,
    groupId: program.pid,
    turn: (concurrency) =>
      generator.run({ ...order, concurrency }).catch((error) => {
        throw new Error(`${name} under load: ${error.message}\n${program.output()}`, { cause: error });
      }),
  };
}

function bareContender(bare: BareLoop, { seconds }: ModelPlan): Contender {
  return {
    name: "bare",
    encoding: "binary",
    groupId: bare.program.pid,
    turn: (concurrency) => bare.run({ batch: bare.bestBatch(concurrency), seconds }),
  };
}

function emptyRow(
  server: Cell["server"],
  { model }: ModelPlan,
  concurrency: number,
  encoding: Encoding,
): Row {
  return {
    server,
    model,
    concurrency,
    encoding,
    requestsPerSecond: null,
    p50Ms: null,
    p99Ms: null,
    memoryMb: null,
  };
}

/** Far more places than the measurement has. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
