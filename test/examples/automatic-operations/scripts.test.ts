import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, readdir, readFile } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createSampleServer } from "../../../examples/automatic-operations/sample-server/create-sample-server.ts";
import { runScript } from "../../../runtime/workflows/script-process.ts";
import { temporaryFolder } from "../../runtime/workflows/temporary-folder.ts";

const scripts = join(import.meta.dirname, "../../../examples/automatic-operations/scripts");

describe("the scripts of the workflow", () => {
  const folder = temporaryFolder();
  let server: Server;
  let control: string;
  let files: Record<string, string>;
  let runs = 0;

  before(async () => {
    files = Object.fromEntries(
      await Promise.all(
        (await readdir(scripts)).map(async (name) => [
          `scripts/${name}`,
          await readFile(join(scripts, name), "utf8"),
        ]),
      ),
    );
  });
  beforeEach(async () => {
    server = createSampleServer({ seed: 1 }).listen(0, "127.0.0.1");
    await once(server, "listening");
    control = `http://127.0.0.1:${(server.address() as AddressInfo).port}/servers/a`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function run(name: string, inputs: unknown, key = "run-1/task") {
    runs += 1;
    const own = join(folder.path, String(runs));
    await mkdir(own);
    const command = ["node", `scripts/${name}.mjs`];
    const signal = AbortSignal.timeout(15_000);
    return runScript({ command, environment: {}, inputs, files, key, folder: own, signal });
  }
  const state = async () =>
    (await (await fetch(`${control}/state`)).json()) as { fault: unknown; actions: unknown };
  const startFault = (kind: string) =>
    fetch(`${control}/faults`, { method: "POST", body: JSON.stringify({ kind }) });

  it("act cures the fault with the right action only, and acts once for a task key", async () => {
    await startFault("disk-full");
    const wrong = await run("act", { control, action: "restart-service" }, "run-1/a");
    assert.equal(wrong.error, undefined);
    assert.equal(wrong.outputs.cured, false);
    assert.notEqual((await state()).fault, null);
    const right = await run("act", { control, action: "clean-disk" }, "run-1/b");
    assert.equal(right.outputs.cured, true);
    const again = await run("act", { control, action: "clean-disk" }, "run-1/b");
    assert.deepEqual(again.outputs, right.outputs);
    assert.deepEqual((await state()).actions, [
      { key: "run-1/a", action: "restart-service", requests: 1, executions: 1, cured: false },
      { key: "run-1/b", action: "clean-disk", requests: 2, executions: 1, cured: true },
    ]);
  });

  it("observe reads five half hours, one after the other", async () => {
    const { outputs, error } = await run("observe", { control });
    assert.equal(error, undefined);
    const windows = outputs.windows as number[][][];
    assert.equal(windows.length, 5);
    assert.ok(windows.every((window) => window.length === 30 && window.every((row) => row.length === 6)));
    assert.equal(new Set(windows.map((window) => JSON.stringify(window))).size, 5);
  });

  it("refuse to control another machine, and say which address", async () => {
    for (const elsewhere of [
      "http://10.0.0.1:80/servers/a",
      "https://127.0.0.1/a",
      "http://127.0.0.1.example.org/a",
    ]) {
      const { error } = await run("act", { control: elsewhere, action: "clean-disk" });
      assert.match(String(error), /is refused: it must be http on 127\.0\.0\.1/);
    }
  });

  it("fail with the server's reason, or with the address that gives no answer", async () => {
    assert.match(
      String((await run("act", { control, action: "burn" })).error),
      /actions\/burn answered 400: invalid request: action: must be one of drain-traffic/,
    );
    server.closeAllConnections();
    server.close();
    assert.match(String((await run("observe", { control })).error), /\/clock got no answer: .*ECONNREFUSED/);
  });

  const rows = Array.from({ length: 30 }, () => [10, 20, 30, 0.5, 40, 50]);
  const nothing = {
    labels: [],
    votes: {},
    choose: null,
    ask: null,
    plan: null,
    windows: [],
    judge: null,
    escalate: null,
  };

  it("summarise a healthy server in a few words", async () => {
    const { outputs } = await run("summarise", {
      server: "a",
      metrics: rows,
      logs: [],
      score: 0.02,
      actions: [],
      ...nothing,
    });
    assert.equal(outputs.title, "a: healthy");
    assert.match(String(outputs.markdown), /probability of a fault is 2\.0 %\. Nothing has to be done/);
    assert.doesNotMatch(String(outputs.markdown), /What was done|after the repair|undefined|null/);
  });

  it("summarise a repair with its lines, actions and figures before and after", async () => {
    const { outputs } = await run("summarise", {
      ...nothing,
      server: "a",
      metrics: rows,
      logs: ["10:00:00 WARN a: disk full", "10:00:01 INFO a: hello"],
      labels: ["disk-full", "none"],
      votes: { "disk-full": 1, "memory-leak": 0 },
      score: 0.99,
      choose: { kind: "disk-full", sure: true },
      plan: { kind: "disk-full", action: "clean-disk" },
      actions: [
        { task: "isolate", result: null },
        { task: "repair", result: { action: "clean-disk", cured: true } },
      ],
      windows: [rows],
      judge: { repaired: true, scores: [0.01] },
    });
    assert.equal(outputs.title, "a: disk-full repaired");
    const text = String(outputs.markdown);
    assert.match(text, /\| disk-full \| 1 \|\n\| memory-leak \| 0 \|/);
    assert.match(text, /\| repair \| clean-disk \| yes \|/);
    assert.doesNotMatch(text, /isolate|hello|undefined|null/);
    assert.match(text, /\| cpu \(%\) \| 10\.0 \| 10\.0 \| 10\.0 \|/);
    assert.match(text, / {4}10:00:00 WARN a: disk full/);
  });

  it("summarise who was asked and who took over", async () => {
    const { outputs } = await run("summarise", {
      ...nothing,
      server: "a",
      metrics: rows,
      logs: [],
      score: 0.8,
      choose: { kind: "disk-full", sure: false },
      ask: { decision: "clean-disk", person: "Kim", comment: "try\nthis" },
      plan: { kind: "disk-full", action: "clean-disk" },
      actions: [],
      judge: { repaired: false, scores: [0.9] },
      escalate: { decision: "taken-over", person: null, comment: null },
    });
    assert.equal(outputs.title, "a: not repaired, handed over to a person");
    assert.match(String(outputs.markdown), /Kim decided "clean-disk"\. Comment: "try this"/);
  });
});
