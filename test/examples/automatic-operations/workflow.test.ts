import assert from "node:assert/strict";
import { once } from "node:events";
import { cp } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { faultKinds } from "../../../examples/automatic-operations/data/faults.ts";
import { sendFault } from "../../../examples/automatic-operations/demo.ts";
import {
  type Installed,
  installAutomaticOperations,
} from "../../../examples/automatic-operations/install.ts";
import { createSampleServer } from "../../../examples/automatic-operations/sample-server/create-sample-server.ts";
import { readConfig } from "../../../runtime/config.ts";
import { createLogger } from "../../../runtime/monitoring/logger.ts";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import { type Runtime, startRuntime } from "../../../runtime/runtime.ts";
import { isFinal, type Run, runIdForMessage } from "../../../runtime/workflows/run.ts";
import { freePorts, type RestateServer, startRestateServer } from "../../runtime/workflows/restate-server.ts";
import { temporaryFolder } from "../../runtime/workflows/temporary-folder.ts";
import { waitForRun } from "../../runtime/workflows/wait-for-run.ts";
import { trainedBucket } from "./trained-models.ts";

describe("automatic operations, end to end", function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let restate: RestateServer;
  let runtime: Runtime;
  let sampleServer: Server;
  let sampleServerUrl: string;
  let runtimeUrl: string;
  let installed: Installed;

  before(async function () {
    this.timeout(180_000);
    const bucket = join(folder.path, "bucket");
    await cp((await trainedBucket()).folder, bucket, { recursive: true });
    restate = await startRestateServer(join(folder.path, "restate"));
    const [port, workflowPort] = await freePorts(2);
    runtimeUrl = `http://127.0.0.1:${port}`;
    const config = readConfig({
      SKYLOOM_PORT: String(port),
      SKYLOOM_BUCKET: `file://${bucket}`,
      SKYLOOM_QUEUE: `sqlite://${join(folder.path, "queue.db")}`,
      SKYLOOM_RESTATE_INGRESS: restate.ingress,
      SKYLOOM_RESTATE_ADMIN: restate.admin,
      SKYLOOM_WORKFLOW_PORT: String(workflowPort),
      SKYLOOM_LOG_LEVEL: "silent",
    });
    runtime = await startRuntime(config, createLogger("silent"));
    sampleServer = createSampleServer({ seed: 1 }).listen(0, "127.0.0.1");
    await once(sampleServer, "listening");
    sampleServerUrl = `http://127.0.0.1:${(sampleServer.address() as AddressInfo).port}`;
    installed = await installAutomaticOperations({
      store: createLocalObjectStore({ folder: bucket }),
      runtimeUrl,
    });
  });

  after(async () => {
    await runtime?.stop();
    sampleServer?.closeAllConnections();
    sampleServer?.close();
    await restate?.kill();
  });

  async function get<Answer>(url: string): Promise<Answer> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }
  const readRun = (id: string) => get<Run>(`${runtimeUrl}/v1/runs/${id}`);
  const report = async (id: string) => (await fetch(`${runtimeUrl}/v1/runs/${id}/report`)).text();
  const serverState = (name: string) =>
    get<{
      fault: unknown;
      isDrained: boolean;
      actions: { action: string; requests: number; executions: number }[];
    }>(`${sampleServerUrl}/servers/${name}/state`);
  const post = async (url: string, body: unknown) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.ok(response.ok, `${url} answered ${response.status}: ${await response.clone().text()}`);
    return response.json();
  };

  /** The sample server's window, with changes, as a message. */
  async function send(server: string, change: (data: { metrics: number[][]; logs: string[] }) => object) {
    const control = `${sampleServerUrl}/servers/${server}`;
    const data = change(await get(`${control}/window`));
    const event = {
      specversion: "1.0",
      type: "server.metrics",
      source: "test",
      data: { server, control, ...data },
    };
    const { id } = (await post(`${runtimeUrl}/v1/messages`, event)) as { id: string };
    return runIdForMessage("server.metrics", id);
  }
  const state = (run: Run, task: string) => run.tasks.find(({ name }) => name === task)?.state;
  const onlyData = ({ metrics, logs }: { metrics: number[][]; logs: string[] }) => ({ metrics, logs });

  it("finds the models in the bucket and puts the workflow, the same version again", async () => {
    assert.deepEqual(
      installed.models.map(({ name, version, trained }) => ({ name, version, trained })),
      [
        { name: "fault-detector", version: 1, trained: false },
        { name: "fault-kind", version: 1, trained: false },
      ],
    );
    const store = createLocalObjectStore({ folder: join(folder.path, "bucket") });
    const again = await installAutomaticOperations({ store, runtimeUrl });
    assert.deepEqual(again.workflow, installed.workflow);
    const { warnings } = await get<{ warnings: unknown[] }>(
      `${runtimeUrl}/v1/workflows/automatic-operations`,
    );
    assert.deepEqual(warnings, []);
  });

  faultKinds.forEach((kind, seed) => {
    it(`repairs ${kind}, each task once, and reports it`, async () => {
      const sent = await sendFault({ runtimeUrl, sampleServerUrl, kind, seed });
      assert.deepEqual({ kind: sent.kind, server: sent.server }, { kind, server: `server-${seed}` });
      const run = await waitForRun(
        () => readRun(runIdForMessage("server.metrics", sent.messageId)),
        undefined,
        30,
      );
      assert.equal(run.state, "succeeded", run.error ?? "");
      assert.deepEqual(
        { kind: run.outputs?.kind, repaired: run.outputs?.repaired },
        { kind, repaired: true },
      );
      assert.equal(state(run, "escalate"), "skipped");
      const { fault, isDrained, actions } = await serverState(sent.server);
      assert.deepEqual({ fault, isDrained }, { fault: null, isDrained: false });
      assert.deepEqual(
        actions.map(({ action }) => action),
        ["drain-traffic", run.outputs?.action, "restore-traffic", "record-incident"],
      );
      assert.ok(actions.every(({ requests, executions }) => requests === 1 && executions === 1));
      assert.match(await report(run.id), new RegExp(`^# server-${seed}: ${kind} repaired`));
    });
  });

  it("leaves a healthy server alone and says so", async () => {
    const id = await send("healthy-1", onlyData);
    const run = await waitForRun(() => readRun(id));
    assert.equal(run.outputs?.healthy, true);
    assert.equal(state(run, "repair"), "skipped");
    assert.deepEqual((await serverState("healthy-1")).actions, []);
    assert.match(await report(id), /^# healthy-1: healthy/);
  });

  async function breakServer(server: string, kind: string) {
    await post(`${sampleServerUrl}/servers/${server}/faults`, { kind });
    await post(`${sampleServerUrl}/servers/${server}/clock`, { minutes: 24 });
  }
  async function answer(id: string, task: string, decision: string): Promise<Run> {
    await waitForRun(
      () => readRun(id),
      (run) => state(run, task) === "waiting" || isFinal(run.state),
    );
    await post(`${runtimeUrl}/v1/runs/${id}:approve`, { task, decision, person: "Kim", comment: "seen" });
    return waitForRun(
      () => readRun(id),
      (run) => isFinal(run.state) || (task === "ask" && state(run, "escalate") === "waiting"),
    );
  }

  it("asks a person where the logs say nothing, and does what the person decides", async () => {
    await breakServer("unclear-1", "cpu-runaway");
    const id = await send("unclear-1", ({ metrics }) => ({
      metrics,
      logs: ["10:00:00 INFO unclear-1: user 7 logged out"],
    }));
    const run = await answer(id, "ask", "stop-runaway-job");
    assert.equal(run.state, "succeeded", run.error ?? "");
    assert.equal(run.outputs?.repaired, true);
    assert.equal((await serverState("unclear-1")).fault, null);
    assert.match(await report(id), /Kim decided "stop-runaway-job"/);
  });

  it("does nothing where the person says so", async () => {
    await breakServer("unclear-2", "memory-leak");
    const id = await send("unclear-2", ({ metrics }) => ({
      metrics,
      logs: ["10:00:00 INFO unclear-2: user 7 logged out"],
    }));
    const run = await answer(id, "ask", "leave-it");
    assert.equal(run.state, "succeeded", run.error ?? "");
    assert.equal(state(run, "isolate"), "skipped");
    assert.equal(run.outputs?.repaired, null);
    assert.notEqual((await serverState("unclear-2")).fault, null);
  });

  it("hands over to a person where the repair did not help, with the traffic restored", async () => {
    await breakServer("misled-1", "memory-leak");
    const line = "10:00:00 ERROR misled-1: no space left on device, disk volume is full";
    const id = await send("misled-1", ({ metrics }) => ({ metrics, logs: [line, line, line] }));
    const run = await answer(id, "escalate", "taken-over");
    assert.equal(run.state, "succeeded", run.error ?? "");
    assert.deepEqual(
      { kind: run.outputs?.kind, repaired: run.outputs?.repaired },
      { kind: "disk-full", repaired: false },
    );
    const { fault, isDrained } = await serverState("misled-1");
    assert.notEqual(fault, null);
    assert.equal(isDrained, false);
    assert.match(await report(id), /^# misled-1: not repaired, handed over to Kim/);
  });

  it("hands over where the server cannot be controlled, instead of failing", async () => {
    await breakServer("alone-1", "disk-full");
    const id = await send("alone-1", (data) => ({
      ...onlyData(data),
      control: "http://127.0.0.1:9/servers/alone-1",
    }));
    const run = await answer(id, "escalate", "taken-over");
    assert.equal(state(run, "isolate"), "failed");
    assert.equal(state(run, "repair"), "skipped");
    assert.equal(run.state, "succeeded", run.error ?? "");
  });
});
