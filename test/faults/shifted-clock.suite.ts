import assert from "node:assert/strict";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isFinal, type Run, type TaskState } from "../../runtime/workflows/run.ts";
import { statesOf } from "../runtime/workflows/engine-fixture.ts";
import { type Replicas, startReplicasAndRestate } from "../runtime/workflows/replicas.ts";
import { temporaryFolder } from "../runtime/workflows/temporary-folder.ts";
import { waitForRun } from "../runtime/workflows/wait-for-run.ts";
import { requestOf } from "./replica-client.ts";
import { until } from "./until.ts";

const hour = 3_600_000;

describe("a clock that is set an hour", function () {
  this.timeout(150_000);
  const folder = temporaryFolder();
  let replicas: Replicas;
  const shiftFile = () => join(folder.path, "shift");

  async function shift(milliseconds: number): Promise<void> {
    await writeFile(`${shiftFile()}-next`, String(milliseconds));
    await rename(`${shiftFile()}-next`, shiftFile());
  }

  before(async () => {
    await shift(0);
    replicas = await startReplicasAndRestate({
      count: 2,
      folder: folder.path,
      nodeOptions: ["--import", new URL("./shifted-clock.ts", import.meta.url).href],
      environment: { CLOCK_SHIFT_FILE: shiftFile() },
    });
  });
  afterEach(() => shift(0));
  after(async () => {
    await replicas?.close();
  });

  const ask = <Answer>(replica: number, method: string, path: string, body?: unknown) =>
    requestOf<Answer>(replicas.all[replica]?.url ?? "", method, path, body);

  /** What is to end soon, and what is to end in half an hour, by a clock that is an hour off. */
  const specification = (name: string) => {
    const go = join(folder.path, `${name}-go`);
    const failsOnce = (task: string) => {
      const mark = join(folder.path, `${name}-${task}`);
      return `with: {command: [sh, -c, "test -e ${mark} || { touch ${mark}; exit 1; }"]}, retries: {maximum: 1, initialInterval: 1}`;
    };
    return `name: ${name}
deadline: 1800
tasks:
  begin: {uses: script, with: {command: [sh, -c, "while [ ! -e ${go} ]; do sleep 0.1; done"]}}
  retried: {uses: script, needs: [begin], deadline: 1200, ${failsOnce("retried")}}
  item: {uses: map, needs: [begin], with: {over: [1], do: {uses: script, ${failsOnce("item")}}}}
  pause: {uses: wait, needs: [begin], with: {seconds: 1}}
  ask: {uses: approve, needs: [begin], with: {question: "?", deadline: 1, default: "no"}}
  event: {uses: event, needs: [begin], with: {await: come, deadline: 1, default: {}}}
  last: {uses: notify, needs: [retried, item, pause, ask, event], deadline: 1500, with: {message: x}}
  long-pause: {uses: wait, needs: [begin], with: {seconds: 1790}}
  long-until: {uses: wait, needs: [begin], with: {until: "\${inputs.until}"}}
  long-ask: {uses: approve, needs: [begin], with: {question: "?", deadline: 1790, default: "no"}}
  long-event: {uses: event, needs: [begin], with: {await: never, deadline: 1790, default: {}}}
inputs: {until: {type: string}}
`;
  };

  async function assertKeepsTime(name: string, milliseconds: number): Promise<void> {
    const begunAt = Date.now();
    await ask(0, "PUT", `/v1/workflows/${name}`, { specification: specification(name) });
    const inputs = { until: new Date(begunAt + hour / 2).toISOString() };
    const { id } = await ask<Run>(0, "POST", "/v1/runs", { workflow: name, inputs });
    const read = () => ask<Run>(0, "GET", `/v1/runs/${id}`);
    await waitForRun(read, (run) => statesOf(run).begin === "running");
    await shift(milliseconds);
    // One that begins with the wrong clock, beside one that had the right one.
    await replicas.all[1]?.kill();
    await replicas.all[1]?.start();
    await writeFile(join(folder.path, `${name}-go`), "");
    const run = await waitForRun(read, (now) => isFinal(statesOf(now).last as TaskState), 60);
    const waiting = ["long-pause", "long-until", "long-ask", "long-event"].map((task) => [task, "waiting"]);
    const ended = ["begin", "retried", "item", "pause", "ask", "event", "last"].map((task) => [
      task,
      "succeeded",
    ]);
    assert.deepEqual(statesOf(run), Object.fromEntries([...ended, ...waiting]), JSON.stringify(run));
    const { state } = await ask<Run>(1, "POST", `/v1/runs/${id}:cancel`, {});
    const end = state === "cancelled" ? await read() : await waitForRun(read);
    const times = [end, ...end.tasks].flatMap(({ startedAt, finishedAt }) => [startedAt, finishedAt]);
    for (const time of times) {
      if (time === null) continue;
      const off = Math.abs(Date.parse(time) - begunAt);
      assert.ok(off < hour / 2, `${time} in a run of ${end.createdAt}`);
    }
  }

  for (const [how, milliseconds] of [
    ["ahead", hour],
    ["back", -hour],
  ] as const)
    it(`${how} leaves schedules at their times`, async () => {
      const begunAt = Date.now();
      const name = `ticking-${how}`;
      await shift(milliseconds);
      await ask(0, "PUT", `/v1/workflows/${name}`, {
        specification: `name: ${name}
inputs: {due: {type: string}}
triggers: [{schedule: {cron: "* * * * * *", inputs: {due: "\${schedule.time}"}}}]
tasks: {a: {uses: decide, with: {outputs: {}}}}
`,
      });
      const runs = async () =>
        (await ask<{ runs: Run[] }>(0, "GET", `/v1/runs?workflow=${name}&pageSize=200`)).runs;
      await until(async () => (await runs()).length >= 3);
      for (const { inputs } of await runs())
        assert.ok(Math.abs(Date.parse(inputs.due as string) - begunAt) < hour / 2, String(inputs.due));
      await fetch(`${replicas.all[0]?.url}/v1/workflows/${name}`, { method: "DELETE" });
    });

  it("ahead ends no pause, deadline or wait early, and makes none longer", async () => {
    await assertKeepsTime("ahead", hour);
  });

  it("back ends no pause, deadline or wait early, and makes none longer", async () => {
    await assertKeepsTime("back", -hour);
  });
});
