// Time from a message to its finished run: six tasks without scripts, a real Restate, everything on this machine.
// Usage: node bench/workflow-latency.ts [runs]
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isFinal } from "../runtime/workflows/run.ts";
import { testEngine } from "../test/runtime/workflows/engine-server.ts";
import { startRestateServer } from "../test/runtime/workflows/restate-server.ts";

const warmUps = 20;
const runs = Number(process.argv[2] ?? 200);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`"${process.argv[2]}" is no number of runs`);

const specification = `name: six-tasks
inputs: {data: {type: array}}
triggers: [{message: {type: bench}}]
tasks:
  detect: {uses: infer, with: {model: sum, inputs: {x: {datatype: FP32, shape: [2], data: "\${inputs.data}"}}}}
  diagnose: {uses: decide, with: {outputs: {kind: "\${tasks.detect.outputs.sum.labels[0]}"}}}
  first: {uses: notify, priority: 2, with: {message: "\${tasks.diagnose.outputs.kind}"}}
  second: {uses: notify, with: {message: "\${tasks.diagnose.outputs.kind}"}}
  verify: {uses: decide, needs: [first, second], with: {outputs: {repaired: true}}}
  report: {uses: report, needs: [verify], with: {title: Done, markdown: "\${tasks.verify.outputs.repaired}"}}
`;

const folder = await mkdtemp(join(tmpdir(), "skyloom-bench-"));
const restate = await startRestateServer(join(folder, "restate"));
const engine = testEngine({
  bucket: join(folder, "bucket"),
  restateIngress: restate.ingress,
  restateAdmin: restate.admin,
  workflowPort: 0,
});
try {
  await engine.start();
  await engine.putDefinition(specification);
  const accepted: number[] = [];
  const finished: number[] = [];
  for (let n = 0; n < warmUps + runs; n++) {
    const start = performance.now();
    const [id = ""] = (await engine.handleMessage({ id: String(n), type: "bench", data: { data: [4, 5] } }))
      .runs;
    const acceptedAfter = performance.now() - start;
    // While it runs the answer comes from Restate; asking seldom keeps the asking out of the figure.
    for (let run = await engine.getRun(id); ; run = await engine.getRun(id)) {
      if (run.error !== null) throw new Error(run.error);
      if (isFinal(run.state)) break;
      await delay(2);
    }
    if (n < warmUps) continue;
    accepted.push(acceptedAfter);
    finished.push(performance.now() - start);
  }
  const figures = {
    tasks: 6,
    runs,
    acceptedMilliseconds: percentiles(accepted),
    finishedMilliseconds: percentiles(finished),
    restateResidentMebibytes: await residentMebibytes(restate.pid),
    ownResidentMebibytes: Math.round(process.memoryUsage.rss() / 2 ** 20),
  };
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
} finally {
  await engine.stop();
  await restate.kill();
  await rm(folder, { recursive: true, force: true });
}

function percentiles(values: number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(1));
  return { median: at(0.5), p95: at(0.95), maximum: at(1) };
}

/** Null where the system does not tell it this way. */
async function residentMebibytes(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kibibytes === undefined ? null : Math.round(Number(kibibytes) / 1024);
}
