// What a local stack costs: seconds to ready, memory at rest, a detection over HTTP, a message to its finished run.
// Brings up the stack `local2` with a state folder of its own, and leaves nothing behind.
// Usage: npm run bench:local [-- --json] [-- --requests N]
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { isFinal, type Run, runIdForMessage } from "../runtime/workflows/run.ts";
import { projectFolder } from "../scripts/project.mjs";

const STACK = "local2";
const REST_SECONDS = 5;
const WARM_UPS = 30;

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, requests: { type: "string", default: "300" } },
});
const requests = Number(values.requests);
if (!Number.isInteger(requests) || requests < 10)
  throw new Error(`--requests is ${values.requests}; give a whole number of at least 10`);

const sixTasks = `name: six-tasks
description: Six tasks without scripts, for measuring
inputs: {metrics: {type: array}}
triggers: [{message: {type: bench.six-tasks}}]
tasks:
  detect:
    uses: infer
    with: {model: fault-detector, inputs: {metrics: {datatype: FP32, shape: [1, 30, 6], data: ["\${inputs.metrics}"]}}}
  diagnose:
    uses: infer
    needs: [detect]
    with: {model: fault-kind, inputs: {text: {datatype: BYTES, shape: [1], data: ["no space left on device"]}}}
  choose: {uses: decide, with: {outputs: {kind: "\${tasks.diagnose.outputs.kind.labels[0]}"}}}
  tell: {uses: notify, with: {message: "\${tasks.choose.outputs.kind}"}}
  judge: {uses: decide, needs: [tell], with: {outputs: {repaired: true}}}
  report: {uses: report, with: {title: Done, markdown: "\${tasks.judge.outputs.repaired}"}}
`;
const metrics = Array.from({ length: 30 }, (_, minute) => [40 + minute, 50, 100, 0.1, 60, 120]);

const folder = await mkdtemp(join(tmpdir(), "skyloom-bench-"));
try {
  await skyloom("up");
  await skyloom("down");
  const restartSeconds = await secondsOf(() => skyloom("up"));
  const unchangedSeconds = await secondsOf(() => skyloom("up"));
  const { endpoint, processes } = JSON.parse(await skyloom("status"));
  await delay(REST_SECONDS * 1000);
  const memoryMebibytes = Object.fromEntries(
    await Promise.all(
      (processes as { name: string; pid: number }[]).map(async ({ name, pid }) => [
        name,
        await residentMebibytes(pid),
      ]),
    ),
  );
  await storeWorkflow(endpoint);
  const figures = {
    upAfterDownSeconds: restartSeconds,
    upUnchangedSeconds: unchangedSeconds,
    idleMemoryMebibytes: memoryMebibytes,
    detectionMilliseconds: await measure(() => detect(endpoint)),
    messageToFinishedRunMilliseconds: await measure(() => messageToFinishedRun(endpoint)),
  };
  process.stdout.write(values.json ? `${JSON.stringify(figures, null, 2)}\n` : asText(figures));
} finally {
  await skyloom("destroy", "--yes");
  await rm(folder, { recursive: true, force: true });
}

/** Runs the command line with a state folder of our own. @returns its JSON document. */
async function skyloom(command: string, ...args: string[]): Promise<string> {
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      join(projectFolder, "cli/main.ts"),
      command,
      "-s",
      STACK,
      "--json",
      ...args,
    ],
    { env: { ...process.env, SKYLOOM_STATE_FOLDER: folder }, stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`skyloom ${command} ended with exit status ${code}`);
  return output;
}

async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return Number(((performance.now() - started) / 1000).toFixed(1));
}

/** Null where the system does not tell it this way. */
async function residentMebibytes(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kibibytes === undefined ? null : Math.round(Number(kibibytes) / 1024);
}

/** One after another, after warming up. */
async function measure(action: () => Promise<void>) {
  const milliseconds: number[] = [];
  for (let n = 0; n < WARM_UPS + requests; n += 1) {
    const started = performance.now();
    await action();
    if (n >= WARM_UPS) milliseconds.push(performance.now() - started);
  }
  const sorted = milliseconds.toSorted((one, other) => one - other);
  const at = (share: number) =>
    Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(2));
  return { requests, median: at(0.5), p95: at(0.95), maximum: at(1) };
}

async function detect(endpoint: string): Promise<void> {
  await post(`${endpoint}/v2/models/fault-detector/infer`, {
    inputs: [{ name: "metrics", datatype: "FP32", shape: [1, 30, 6], data: [metrics] }],
  });
}

async function messageToFinishedRun(endpoint: string): Promise<void> {
  const id = randomUUID();
  const source = "/bench";
  await post(`${endpoint}/v1/messages`, { id, source, type: "bench.six-tasks", data: { metrics } });
  const address = `${endpoint}/v1/runs/${runIdForMessage("bench.six-tasks", id)}`;
  for (;;) {
    const response = await fetch(address);
    const run = (await response.json()) as Run;
    if (response.ok && run.state === "failed") throw new Error(run.error ?? "the run failed");
    if (response.ok && isFinal(run.state)) return;
    // Asking seldom keeps the asking out of the figure.
    await delay(5);
  }
}

async function storeWorkflow(endpoint: string): Promise<void> {
  const body = JSON.stringify({ specification: sixTasks, files: {} });
  await request(`${endpoint}/v1/workflows/six-tasks`, "PUT", body);
}

async function post(url: string, body: unknown): Promise<void> {
  await request(url, "POST", JSON.stringify(body));
}

async function request(url: string, method: string, body: string): Promise<void> {
  const response = await fetch(url, { method, body, headers: { "Content-Type": "application/json" } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
}

function asText(figures: Record<string, unknown>): string {
  return Object.entries(figures)
    .map(
      ([name, value]) => `${name.padEnd(34)} ${typeof value === "object" ? JSON.stringify(value) : value}\n`,
    )
    .join("");
}
