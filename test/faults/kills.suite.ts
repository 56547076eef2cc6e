import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isFinal, type Run } from "../../runtime/workflows/run.ts";
import { type Replicas, startReplicas } from "../runtime/workflows/replicas.ts";
import type { RestateServer } from "../runtime/workflows/restate-server.ts";
import { temporaryFolder } from "../runtime/workflows/temporary-folder.ts";
import { waitForRun } from "../runtime/workflows/wait-for-run.ts";
import { type Ledger, startLedger } from "./ledger.ts";
import { createRandom } from "./random.ts";
import { startRestateCluster } from "./restate-cluster.ts";
import { until } from "./until.ts";

/** TEST_FAULTS_RUNS: how many runs there are; a night's has 1,000. */
const runCount = Number(process.env.TEST_FAULTS_RUNS ?? 60);
const seed = Number(process.env.TEST_FAULTS_SEED ?? 1);

/** Runs that are under way at the same time. */
const atOnce = Math.min(runCount, 200);

/** The effects of each task that has some, as they are keyed within a run. */
const effectsOf: Record<string, string[]> = {
  book: ["book"],
  pay: ["pay"],
  each: ["each/0", "each/1", "each/2"],
  end: ["end"],
};

const kinds = ["succeeds", "fails", "asks", "is cancelled"] as const;
type Kind = (typeof kinds)[number];

describe("runs under kills of runtimes and of nodes of Restate", function () {
  this.timeout(200_000 + runCount * 3_000);
  const folder = temporaryFolder();
  const random = createRandom(seed);
  let nodes: RestateServer[] = [];
  let replicas: Replicas;
  let ledger: Ledger;
  const killed = { runtimes: 0, nodes: 0 };

  before(async () => {
    ledger = await startLedger(async () => {
      await delay(20 + random() * 150);
      return { isCut: false };
    });
    nodes = await startRestateCluster(join(folder.path, "restate"));
    const [node] = nodes;
    assert.ok(node);
    replicas = await startReplicas({
      count: 3,
      bucket: join(folder.path, "bucket"),
      restateIngress: node.ingress,
      restateAdmin: node.admin,
    });
  });
  after(async () => {
    await replicas?.close();
    await Promise.all(nodes.map((node) => node.kill()));
    await ledger?.close();
  });

  const specification = () => {
    const call = (path: string) => `{method: POST, url: "${ledger.url}/${path}", idempotent: true}`;
    const undone = (name: string, needs: string) =>
      `  ${name}: {uses: http, needs: ${needs}, compensation: {uses: http, with: ${call(`undo-${name}`)}}, with: ${call(name)}}\n`;
    return `name: ledger
inputs: {kind: {type: string}}
defaults: {retries: {maximum: 20, initialInterval: 0.1, maximumInterval: 1}}
tasks:
${undone("book", "[]")}${undone("pay", "[book]")}  tell: {uses: notify, needs: [book], with: {message: "\${inputs.kind}"}}
  each: {uses: map, needs: [book], with: {over: [1, 2, 3], do: {uses: http, with: ${call("item")}}}}
  ask: {uses: approve, needs: [pay], when: "\${inputs.kind == 'asks'}", with: {question: "?"}}
  end: {uses: http, needs: [pay, each, tell], with: {method: POST, idempotent: true, url: "\${inputs.kind == 'fails' ? '${ledger.url}/fail' : '${ledger.url}/end'}"}}
`;
  };

  /** Of any replica that answers. */
  async function request<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    for (;;) {
      const replica = replicas.all[Math.floor(Math.random() * replicas.all.length)];
      try {
        const response = await fetch(`${replica?.url}${path}`, {
          method,
          signal: AbortSignal.timeout(15_000),
          ...(body !== undefined && {
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
          }),
        });
        const answer = await response.text();
        // Already decided, or ended: the call before this one had come through.
        if (response.ok || response.status === 409) return JSON.parse(answer) as Answer;
        if (response.status < 500) throw new TypeError(answer);
      } catch (error) {
        if (error instanceof TypeError && !/fetch failed|terminated/.test(error.message)) throw error;
      }
      await delay(100);
    }
  }

  const read = (id: string) => request<Run>("GET", `/v1/runs/${id}`);

  /** Remembers how often the effects of tasks that are recorded now had been asked for. */
  function noteRecorded({ id, tasks }: Run, recorded: Map<string, number>): void {
    for (const { name, state, compensation } of tasks) {
      const keys = state === "succeeded" ? [...(effectsOf[name] ?? [])] : [];
      if (compensation?.state === "succeeded") keys.push(`${name}/compensation`);
      for (const key of keys.map((key) => `${id}/${key}`))
        if (!recorded.has(key)) recorded.set(key, ledger.asked.get(key) ?? 0);
    }
  }

  /** What a person does with a run, until it has ended. */
  async function attend(id: string, kind: Kind, recorded: Map<string, number>): Promise<Run> {
    if (kind === "is cancelled") {
      // At any time of it.
      await delay(random() * 800);
      await request("POST", `/v1/runs/${id}:cancel`, { reason: "no longer needed" });
    }
    for (;;) {
      const run = await read(id);
      noteRecorded(run, recorded);
      if (isFinal(run.state)) return run;
      const stateOf = (name: string) => run.tasks.find((task) => task.name === name)?.state;
      if (kind === "asks" && stateOf("ask") === "waiting") {
        const answer = { task: "ask", decision: "yes", person: "ada" };
        // An answer that comes twice.
        await Promise.all([
          request("POST", `/v1/runs/${id}:approve`, answer),
          request("POST", `/v1/runs/${id}:approve`, answer),
        ]);
      }
      await delay((5 + random() * 5) * atOnce);
    }
  }

  async function killRuntimes(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await delay(700 + random() * 1500);
      const index = Math.floor(random() * replicas.all.length);
      await replicas.all[index]?.kill();
      killed.runtimes += 1;
      console.log(`      killed runtime ${index}`);
      await delay(random() * 500);
      await replicas.all[index]?.start();
    }
  }

  /** Whether all nodes are known to all: each asks the leaders of all partitions. */
  async function isWhole(): Promise<boolean> {
    const answers = await Promise.all(
      nodes.map(({ admin }) => openInvocations(admin).catch(() => Number.NaN)),
    );
    return !answers.some(Number.isNaN);
  }

  /** One at a time: two of three must be there, and the third back before the next is killed. */
  async function killNodes(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await delay(3000 + random() * 4000);
      const index = Math.floor(random() * nodes.length);
      await nodes[index]?.kill();
      killed.nodes += 1;
      console.log(`      killed node ${index} of Restate`);
      await delay(random() * 1000);
      await nodes[index]?.start();
      while (!isOver() && !(await isWhole())) await delay(500);
    }
  }

  const kindOf = (index: number) => kinds[index % kinds.length] as Kind;

  function assertEnd(run: Run, kind: Kind): void {
    const told = `${run.id}, which ${kind}: ${JSON.stringify(run)}`;
    const wanted = kind === "fails" ? "failed" : "succeeded";
    // A cancel may come when the run has ended.
    if (kind === "is cancelled") assert.ok(["cancelled", "succeeded"].includes(run.state), told);
    else assert.equal(run.state, wanted, told);
    const keys = [...ledger.asked.keys()].filter((key) => key.startsWith(`${run.id}/`));
    const undone = keys.filter((key) => key.endsWith("/compensation"));
    const compensated = run.tasks.filter(({ compensation }) => compensation !== undefined);
    if (run.state === "succeeded") {
      assert.deepEqual(undone, [], told);
      const done = Object.values(effectsOf)
        .flat()
        .map((name) => `${run.id}/${name}`);
      assert.deepEqual([...keys].sort(), done.sort(), told);
    } else {
      const succeeded = ["pay", "book"].filter((name) =>
        run.tasks.some((task) => task.name === name && task.state === "succeeded"),
      );
      assert.deepEqual(
        undone,
        succeeded.map((name) => `${run.id}/${name}/compensation`),
        told,
      );
      assert.ok(
        compensated.every(({ compensation }) => compensation?.state === "succeeded"),
        told,
      );
    }
  }

  it(`${runCount} runs end right, and what was recorded is not done again`, async () => {
    await request("PUT", "/v1/workflows/ledger", { specification: specification() });
    const recorded = new Map<string, number>();
    let isOver = false;
    const killing = [killRuntimes(() => isOver), killNodes(() => isOver)];
    let begun = 0;
    let ended = 0;
    async function attendNext(): Promise<void> {
      while (begun < runCount) {
        const index = begun++;
        const id = `run-${index}`;
        await request("POST", "/v1/runs", { workflow: "ledger", id, inputs: { kind: kindOf(index) } });
        await attend(id, kindOf(index), recorded);
        ended += 1;
        if (ended % Math.ceil(runCount / 10) === 0)
          console.log(`      ${ended} of ${runCount} runs have ended`);
      }
    }
    const attended = Array.from({ length: atOnce }, async (_, index) => {
      // They come over some time.
      await delay(index * 100);
      await attendNext();
    });
    try {
      await Promise.all(attended);
    } finally {
      isOver = true;
      await Promise.all(killing);
    }
    const ends: Record<string, number> = {};
    for (let index = 0; index < runCount; index++) {
      const run = await waitForRun(() => read(`run-${index}`));
      assertEnd(run, kindOf(index));
      ends[run.state] = (ends[run.state] ?? 0) + 1;
    }
    for (const [key, count] of recorded)
      assert.equal(ledger.asked.get(key) ?? 0, count, `${key} was done again after it was recorded`);
    await until(async () => (await openInvocations(nodes[0]?.admin ?? "")) === 0);
    assert.ok(killed.runtimes > 0 && killed.nodes > 0);
    tell(ends, recorded.size);
  });

  function tell(ends: Record<string, number>, recorded: number): void {
    const again = [...ledger.asked.values()].filter((count) => count > 1).length;
    const undone = [...ledger.asked.keys()].filter((key) => key.endsWith("/compensation")).length;
    const states = Object.entries(ends).map(([state, count]) => `${count} ${state}`);
    console.log(`      killed ${killed.runtimes} times a runtime and ${killed.nodes} times a node of Restate
      ${runCount} runs ended as they should: ${states.join(", ")}; no invocation is left in Restate
      ${ledger.asked.size} effects, ${undone} of them compensations, each under one key; ${again} were asked for again after a kill
      ${recorded} were seen as recorded, and none of them was asked for after that`);
  }
});

/** Invocations of Restate that have not ended: something that waits for ever is one of them. */
async function openInvocations(admin: string): Promise<number> {
  const response = await fetch(`${admin}/query`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query: "select count(*) as n from sys_invocation where status <> 'completed'" }),
  });
  if (!response.ok) return Number.NaN;
  const { rows } = (await response.json()) as { rows: { n: number }[] };
  return rows[0]?.n ?? 0;
}
