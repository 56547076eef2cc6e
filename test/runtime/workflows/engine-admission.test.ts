import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { PoolStatus } from "../../../runtime/workflows/admission/create-admission.ts";
import type { Run, TaskRun } from "../../../runtime/workflows/run.ts";
import { freePorts, type RestateServer, startRestateServer } from "./restate-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitForRun } from "./wait-for-run.ts";

describe("admission of tasks to scarce resources", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let restate: RestateServer;
  let engine: ChildProcess | undefined;
  let url = "";
  let workflowPort = 0;

  async function startEngine(): Promise<void> {
    const settings = {
      bucket: join(folder.path, "bucket"),
      restateIngress: restate.ingress,
      restateAdmin: restate.admin,
      workflowPort,
      pools: "cpu=3,gpu/l4=3; farm: cpu=1",
      sweepSeconds: 0.5,
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

  async function start(name: string, tasks: string, head = ""): Promise<string> {
    const specification = `name: ${name}\n${head}tasks:\n${tasks}`;
    await request("PUT", `/v1/workflows/${name}`, { specification });
    return (await request<Run>("POST", "/v1/runs", { workflow: name })).id;
  }
  const read = (id: string) => () => request<Run>("GET", `/v1/runs/${id}`);
  const taskOf = (run: Run, name = "a") => run.tasks.find((task) => task.name === name) as TaskRun;
  const isWaitingInLine = (run: Run) => taskOf(run).granted === null;
  const holds = (run: Run) => taskOf(run).state === "running" && taskOf(run).granted != null;

  async function pool(name: string): Promise<PoolStatus> {
    const { pools } = await request<{ pools: PoolStatus[] }>("GET", "/v1/pools");
    return pools.find((one) => one.name === name) as PoolStatus;
  }
  async function waitForPool(name: string, isWanted: (status: PoolStatus) => boolean): Promise<PoolStatus> {
    for (let attempt = 0; attempt < 1200; attempt++) {
      const status = await pool(name);
      if (isWanted(status)) return status;
      await delay(50);
    }
    throw new Error(`pool ${name} is not as wanted: ${JSON.stringify(await pool(name))}`);
  }

  /** A task that goes on until the file is there. */
  const until = (file: string, resources: string, rest = "") =>
    `{uses: script, resources: ${resources}, ${rest} with: {command: [sh, -c, "while [ ! -e ${file} ]; do sleep 0.05; done"]}}`;
  const file = (name: string) => join(folder.path, name);

  it("lets tasks of two workflows have the same resources one after the other", async () => {
    const first = await start("first", `  a: ${until(file("first"), "{cpu: 2}")}\n`);
    await waitForRun(read(first), holds);
    const second = await start("second", `  a: ${until(file("second"), "{cpu: 2}")}\n`);
    const waiting = await waitForRun(read(second), isWaitingInLine);
    assert.equal(waiting.state, "waiting");
    const status = await waitForPool("default", ({ waiting: line }) => line.length === 1);
    assert.deepEqual(
      [status.holders.map(({ workflow, grant }) => [workflow, grant]), status.waiting[0]?.workflow],
      [[["first", { cpu: 2 }]], "second"],
    );
    await writeFile(file("first"), "");
    await waitForRun(read(first));
    await waitForRun(read(second), holds);
    await writeFile(file("second"), "");
    assert.equal((await waitForRun(read(second))).state, "succeeded");
    await waitForPool("default", ({ holders }) => holders.length === 0);
  });

  it("grants what there is of a range, and tells the task", async () => {
    const told = file("told");
    const id = await start(
      "range",
      `  a:
    uses: script
    resources: {cpu: 1, gpu: {minimum: 1, maximum: 4}}
    with:
      command: [sh, -c, 'echo "$SKYLOOM_CPU $SKYLOOM_GPU $SKYLOOM_GPU_TYPE $0" > ${told}', "\${string(resources.gpu)} GPUs"]
`,
    );
    const run = await waitForRun(read(id));
    assert.equal(run.error, null);
    assert.deepEqual(taskOf(run).granted, { cpu: 1, gpu: 3, gpuType: "l4" });
    assert.equal(await readFile(told, "utf8"), "1 3 l4 3 GPUs\n");
  });

  it("refuses to start what could never run", async () => {
    const tasks = "  a: {uses: decide, resources: {gpu: 4}, with: {outputs: {}}}\n";
    await assert.rejects(
      start("too-large", tasks),
      /tasks\.a\.resources\.gpu: needs 4, and pool default has 3/,
    );
  });

  it("gives back what a cancelled run held, and takes it out of the line", async () => {
    const held = await start("held", `  a: ${until(file("never"), "{cpu: 1, pool: farm}")}\n`);
    await waitForRun(read(held), holds);
    const inLine = await start("in-line", `  a: ${until(file("never"), "{cpu: 1, pool: farm}")}\n`);
    await waitForPool("farm", ({ waiting }) => waiting.length === 1);
    await request("POST", `/v1/runs/${inLine}:cancel`, {});
    await waitForPool("farm", ({ waiting }) => waiting.length === 0);
    await request("POST", `/v1/runs/${held}:cancel`, {});
    await waitForPool("farm", ({ holders }) => holders.length === 0);
    assert.equal((await waitForRun(read(held))).state, "cancelled");
  });

  it("keeps grants over a SIGKILL of the runtime, and the line too", async () => {
    const holder = await start("survivor", `  a: ${until(file("survivor"), "{cpu: 1, pool: farm}")}\n`);
    await waitForRun(read(holder), holds);
    const second = await start("second-in-line", `  a: ${until(file("survivor"), "{cpu: 1, pool: farm}")}\n`);
    await waitForPool("farm", ({ waiting }) => waiting.length === 1);
    await killEngine();
    await startEngine();
    const status = await waitForPool("farm", ({ waiting }) => waiting.length === 1);
    assert.deepEqual(
      status.holders.map(({ workflow }) => workflow),
      ["survivor"],
    );
    await writeFile(file("survivor"), "");
    assert.equal((await waitForRun(read(holder))).state, "succeeded");
    assert.equal((await waitForRun(read(second))).state, "succeeded");
    await waitForPool("farm", ({ holders }) => holders.length === 0);
  });

  it("fails a task whose deadline passes while it waits in line, and takes it out of the line", async () => {
    const holder = await start("slow", `  a: ${until(file("slow"), "{cpu: 1, pool: farm}")}\n`);
    await waitForRun(read(holder), holds);
    const late = await start(
      "late",
      "  a: {uses: decide, deadline: 1, resources: {cpu: 1, pool: farm}, with: {outputs: {}}}\n",
    );
    const run = await waitForRun(read(late));
    assert.equal(run.state, "failed");
    assert.match(taskOf(run).error ?? "", /deadline of 1 s after the run's start passed while it waited/);
    await waitForPool("farm", ({ waiting }) => waiting.length === 0);
    await writeFile(file("slow"), "");
    await waitForRun(read(holder));
  });

  it("frees what a run held that was killed within Restate", async () => {
    const dead = await start("dead", `  a: ${until(file("never"), "{cpu: 1, pool: farm}")}\n`);
    await waitForRun(read(dead), holds);
    const heir = await start(
      "heir",
      `  a: {uses: decide, resources: {cpu: 1, pool: farm}, with: {outputs: {}}}\n`,
    );
    await waitForPool("farm", ({ waiting }) => waiting.length === 1);
    const query = `select id from sys_invocation where target_service_name = 'Run' and target_service_key = '${dead}' and target_handler_name = 'run'`;
    const found = await fetch(`${restate.admin}/query`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query }),
    });
    const [{ id }] = ((await found.json()) as { rows: [{ id: string }] }).rows;
    const killed = await fetch(`${restate.admin}/invocations/${id}/kill`, { method: "PATCH" });
    assert(killed.ok, await killed.text());
    assert.equal((await waitForRun(read(heir))).state, "succeeded");
  });
});
