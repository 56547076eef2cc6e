import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { testEngine } from "../../test/runtime/workflows/engine-server.ts";
import { startRestateServer } from "../../test/runtime/workflows/restate-server.ts";

export interface Waiting {
  runs: number;
  bytesPerRun: number;
  /** Timers, requests and connections that are open beyond those of the first runs, by kind as Node names it. */
  handles: Record<string, number>;
}

const atOnce = 50;
const specification = `name: waiting\ntasks:\n  ask: {uses: approve, with: {question: "go on?"}}\n`;

/** What runs that wait for a person take of our process, after Restate has taken their calls back. */
export async function measureWaiting(
  runs: number,
  folder: string,
  progress: (line: string) => void,
): Promise<Waiting> {
  const restate = await startRestateServer(join(folder, "waiting-restate"));
  const engine = testEngine({
    bucket: join(folder, "waiting-bucket"),
    restateIngress: restate.ingress,
    restateAdmin: restate.admin,
    workflowPort: 0,
  });
  try {
    await engine.start();
    await engine.putDefinition(specification);
    // What the first runs load stays, however many follow.
    await start(engine, atOnce);
    await settled(restate.admin, atOnce);
    const before = used();
    for (let begun = 0; begun < runs; begun += atOnce) {
      await start(engine, Math.min(atOnce, runs - begun));
      if (begun % 1000 === 0) progress(`waiting: ${begun + atOnce} of ${runs} runs begun`);
    }
    await settled(restate.admin, atOnce + runs);
    const after = used();
    return {
      runs,
      bytesPerRun: Math.max(0, after.bytes - before.bytes) / runs,
      handles: more(after.handles, before.handles),
    };
  } finally {
    await engine.stop();
    await restate.kill();
  }
}

async function start(engine: ReturnType<typeof testEngine>, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => engine.startRun({ workflow: "waiting" })));
}

/** Until Restate holds no call to this process: all wait without one. */
async function settled(admin: string, count: number): Promise<void> {
  for (;;) {
    const response = await fetch(`${admin}/query`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query: "select count(*) as n from sys_invocation where status = 'suspended'" }),
    });
    const { rows } = (await response.json()) as { rows: { n: number }[] };
    if ((rows[0]?.n ?? 0) >= count) return;
    await delay(500);
  }
}

function used(): { bytes: number; handles: Map<string, number> } {
  if (globalThis.gc === undefined) throw new Error("start node with --expose-gc");
  for (let turn = 0; turn < 3; turn++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  const handles = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) handles.set(kind, (handles.get(kind) ?? 0) + 1);
  return { bytes: heapUsed + external, handles };
}

function more(after: Map<string, number>, before: Map<string, number>): Record<string, number> {
  const differences = [...after].map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const);
  return Object.fromEntries(differences.filter(([, difference]) => difference > 0));
}
