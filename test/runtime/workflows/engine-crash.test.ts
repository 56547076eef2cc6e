import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Run } from "../../../runtime/workflows/run.ts";
import { freePorts, type RestateServer, startRestateServer } from "./restate-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitForRun } from "./wait-for-run.ts";

/** Three stages of tasks that run at the same time; each writes its name into a file. */
const stages = [
  ["a1", "a2", "a3"],
  ["b1", "b2", "b3"],
  ["c1", "c2", "c3"],
];

describe("runs survive SIGKILL", function () {
  this.timeout(90_000);
  const folder = temporaryFolder();
  let restate: RestateServer;
  let engine: ChildProcess | undefined;
  let url = "";
  let workflowPort = 0;
  let count = 0;

  async function startEngine(): Promise<void> {
    const settings = {
      bucket: join(folder.path, "bucket"),
      restateIngress: restate.ingress,
      restateAdmin: restate.admin,
      workflowPort,
    };
    const file = fileURLToPath(new URL("./engine-process.ts", import.meta.url));
    engine = spawn(process.execPath, ["--no-warnings", file, JSON.stringify(settings)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    assert(engine.stdout);
    [url] = (await once(createInterface(engine.stdout), "line")) as [string];
  }

  async function killEngine(): Promise<void> {
    if (engine === undefined || engine.exitCode !== null || engine.signalCode !== null) return;
    const exited = once(engine, "exit");
    engine.kill("SIGKILL");
    await exited;
  }

  before(async () => {
    restate = await startRestateServer(join(folder.path, "restate"));
    [workflowPort = 0] = await freePorts(1);
    await startEngine();
  });
  after(async () => {
    await killEngine();
    await restate?.kill();
  });

  async function request<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(url + path, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Answer & { error?: string };
    if (!response.ok) throw new Error(answer.error);
    return answer;
  }

  async function startRun(): Promise<{ id: string; effects: string }> {
    const effects = join(folder.path, `effects-${count++}`);
    const name = `stages-${count}`;
    const tasks = stages.flatMap((stage, index) =>
      stage.map((task) => {
        const needs = `[${(stages[index - 1] ?? []).join(", ")}]`;
        return `  ${task}: {uses: script, needs: ${needs}, with: {command: [sh, -c, "echo ${task} >> ${effects}"]}}`;
      }),
    );
    const specification = `name: ${name}\nconcurrency: 2\ntasks:\n${tasks.join("\n")}\n`;
    await request("PUT", `/v1/workflows/${name}`, { specification });
    const { id } = await request<Run>("POST", "/v1/runs", { workflow: name, pace: 0.15 });
    return { id, effects };
  }

  const read = (id: string) => () => request<Run>("GET", `/v1/runs/${id}`);
  const recorded = (run: Run) =>
    run.tasks.filter((task) => task.state === "succeeded").map((task) => task.name);

  /** Kills as soon as so many tasks are recorded; returns which those were when it was last asked. */
  async function killAt(id: string, succeeded: number, kill: () => Promise<void>): Promise<string[]> {
    const run = await waitForRun(read(id), (now) => recorded(now).length >= succeeded);
    await kill();
    return recorded(run);
  }

  async function assertFinished(id: string, effects: string, recordedBefore: string[]): Promise<void> {
    const run = await waitForRun(read(id));
    assert.equal(run.error, null);
    assert.equal(run.state, "succeeded");
    assert.deepEqual(recorded(run).sort(), stages.flat());
    const ran = (await readFile(effects, "utf8")).trim().split("\n");
    for (const task of recordedBefore)
      assert.equal(
        ran.filter((name) => name === task).length,
        1,
        `${task} was recorded and ran once: ${ran}`,
      );
    assert.deepEqual([...new Set(ran)].sort(), stages.flat());
    const listed = await request<{ runs: Run[] }>("GET", `/v1/runs?workflow=${run.workflow}`);
    assert.deepEqual(
      listed.runs.map((one) => one.id),
      [id],
      "listed once",
    );
  }

  for (const succeeded of [0, 1, 2, 4, 8])
    it(`of the runtime, when ${succeeded} of 9 tasks are recorded`, async () => {
      const { id, effects } = await startRun();
      const before = await killAt(id, succeeded, killEngine);
      await startEngine();
      await assertFinished(id, effects, before);
    });

  for (const succeeded of [0, 1, 2, 4, 8])
    it(`of Restate, when ${succeeded} of 9 tasks are recorded`, async () => {
      const { id, effects } = await startRun();
      const before = await killAt(id, succeeded, () => restate.kill());
      await restate.start();
      await assertFinished(id, effects, before);
    });

  it("of both, one after the other, twice", async () => {
    const { id, effects } = await startRun();
    const before = new Set<string>();
    for (const succeeded of [1, 5]) {
      for (const task of await killAt(id, succeeded, killEngine)) before.add(task);
      await restate.kill();
      await restate.start();
      await startEngine();
    }
    await assertFinished(id, effects, [...before]);
  });

  it("of the runtime while a script runs: it runs again with the same key", async () => {
    const keys = join(folder.path, "keys");
    const specification = `name: keyed\ntasks:\n  a: {uses: script, with: {command: [sh, -c, "echo $SKYLOOM_TASK_KEY >> ${keys}; sleep 0.5"]}}\n`;
    await request("PUT", "/v1/workflows/keyed", { specification });
    const { id } = await request<Run>("POST", "/v1/runs", { workflow: "keyed" });
    await waitForRun(
      async () => {
        assert.equal(await readFile(keys, "utf8"), `${id}/a\n`);
        return await read(id)();
      },
      () => true,
    );
    await killEngine();
    await startEngine();
    assert.equal((await waitForRun(read(id))).state, "succeeded");
    assert.equal(await readFile(keys, "utf8"), `${id}/a\n`.repeat(2));
  });

  it("of the runtime while a run waits for a person", async () => {
    const specification = `name: asking\ntasks:\n  ask: {uses: approve, with: {question: "?", deadline: 60}}\n  act: {uses: notify, needs: [ask], with: {message: x}}\n`;
    await request("PUT", "/v1/workflows/asking", { specification });
    const { id } = await request<Run>("POST", "/v1/runs", { workflow: "asking" });
    await waitForRun(read(id), (run) => run.state === "waiting");
    await killEngine();
    await startEngine();
    const answer = { task: "ask", decision: "yes", person: "ada" };
    const answered = await request<Run>("POST", `/v1/runs/${id}:approve`, answer);
    assert.equal(answered.id, id);
    assert.equal((await waitForRun(read(id))).state, "succeeded");
  });
});
