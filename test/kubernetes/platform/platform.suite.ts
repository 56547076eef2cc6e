import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { selectVersion } from "../../../runtime/inference/model-pointer.ts";
import { publishModel } from "../../../runtime/inference/publish-model.ts";
import { scaleModel } from "../../runtime/inference/models.ts";
import { Cluster } from "../cluster.ts";
import { required } from "../required.ts";
import { runAutomaticOperations } from "./automatic-operations.ts";
import { type Forwarded, forward } from "./forward.ts";
import { offerGpus, withdrawGpus } from "./gpu-nodes.ts";
import { killPodsFor } from "./kill-pods.ts";
import { Load, type LoadSettings } from "./load.ts";
import { PlatformStack } from "./platform-stack.ts";
import { relabelledImage } from "./relabelled-image.ts";
import { createStorage, type Storage } from "./storage.ts";

const WORKER = "worker-t4";
const GPUS = 3;
const MESSAGES = 500;
const MODEL = "scale";
const IDLE_SECONDS = 15;
const KILL_SECONDS = Number(process.env.TEST_KILL_SECONDS ?? 60);
const LOAD_WORKFLOW = `name: load
inputs: {number: {type: integer}}
tasks:
  first: {uses: decide, with: {outputs: {next: "\${inputs.number + 1}"}}}
  second: {uses: script, with: {command: [sh, -c, "sleep 0.2"]}, needs: [first]}
  third: {uses: decide, with: {outputs: {next: "\${tasks.first.outputs.next + 1}"}}, needs: [second]}
`;

/**
 * The whole stack `existing` on a real cluster, by the real engine: three nodes of Restate, two replicas of the runtime,
 * workers that ask for a GPU and that KEDA scales, bucket and queue on an emulator. Each test goes on from the one before.
 */
describe("the platform on a cluster", function () {
  this.timeout(900_000);
  this.bail(true);

  const namespace = `test-${randomBytes(4).toString("hex")}`;
  const figures: [what: string, figure: string][] = [];
  let cluster: Cluster;
  let storage: Storage;
  let stack: PlatformStack;
  let runtime: Forwarded;
  let token: string;

  const note = (what: string, figure: string | number) => figures.push([what, String(figure)]);
  const workers = () => cluster.get("apps/v1", "Deployment", namespace, WORKER);
  const load = (name: string) => new Load(cluster, namespace, name);
  const loadSettings = (more: Partial<LoadSettings> = {}) => ({ namespace, token, model: MODEL, ...more });
  const ask = async (path: string, options: RequestInit = {}) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const response = await fetch(`${runtime.url}${path}`, { headers, ...options });
    const text = await response.text();
    assert.ok(response.ok, `${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };

  before(async () => {
    cluster = new Cluster();
    storage = await createStorage();
    stack = new PlatformStack(namespace, storage);
    await offerGpus(cluster, 0);
    await publishModel(storage.store, scaleModel(1, MODEL));
    await stack.prepare({
      runtimeReplicas: 2,
      workflowNodes: 3,
      workflowStorageGib: 1,
      workerIdleSeconds: IDLE_SECONDS,
      gpuPools: [{ name: "t4", accelerator: "t4", maximum: GPUS }],
    });
  });

  after(async () => {
    runtime?.close();
    await withdrawGpus(cluster);
    // What a failed test left; nothing after the last one.
    await cluster.deleteNamespace(namespace);
    stack.remove();
    const width = Math.max(...figures.map(([what]) => what.length));
    for (const [what, figure] of figures) console.log(`      ${what.padEnd(width)}  ${figure}`);
  });

  it("comes up with three nodes of the workflow engine on volumes and two replicas that answer", async () => {
    const { seconds, changes } = await stack.up();
    note("up", `${seconds.toFixed(1)} s, ${changes.create} resources`);
    const { exitCode, workloads } = await stack.status();
    assert.equal(exitCode, 0);
    assert.deepEqual(workloads.map(({ name, ready, wanted }) => [name, ready, wanted]).toSorted(), [
      ["restate", 3, 3],
      ["runtime", 2, 2],
      [WORKER, 0, 0],
    ]);
    token = await stack.token();
    runtime = await forward(cluster, namespace, "app.kubernetes.io/name=runtime", 8080);
  });

  it("answers an inference through the service", async () => {
    const body = JSON.stringify({ inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], data: [1, 2] }] });
    const answer = await ask(`/v2/models/${MODEL}/infer`, { method: "POST", body });
    assert.deepEqual(answer.outputs[0].data, [1, 2]);
  });

  it("admits its own pods under the restricted profile and refuses a privileged one", async () => {
    const space = await cluster.get("v1", "Namespace", "", namespace);
    assert.equal(space?.metadata?.labels?.["pod-security.kubernetes.io/enforce"], "restricted");
    const privileged = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "privileged", namespace },
      spec: { containers: [{ name: "main", image: "any", securityContext: { privileged: true } }] },
    };
    await assert.rejects(cluster.create(privileged), /violates PodSecurity \W*restricted/);
  });

  it("lets a worker wait for a GPU, says so, and starts it when there is one; the fault is repaired", async () => {
    const repaired = runAutomaticOperations({ storage, runtimeUrl: runtime.url, token });
    await cluster.until(
      async () => {
        const { exitCode, workloads } = await stack.status();
        const worker = workloads.find(({ name }) => name === WORKER);
        return exitCode === 1 && /no node has nvidia\.com\/gpu/.test(worker?.reason ?? "");
      },
      "the status that a worker waits for a GPU",
      240,
    );
    const offered = performance.now();
    await offerGpus(cluster, GPUS);
    await cluster.until(async () => (await workers())?.status?.readyReplicas > 0, "the worker", 120);
    note("GPU offered to worker ready", `${((performance.now() - offered) / 1000).toFixed(1)} s`);
    const run = await repaired;
    assert.equal(run.outputs?.repaired, true, JSON.stringify(run));
    assert.equal((await stack.status()).exitCode, 0);
  });

  it(`goes from no replica to ${GPUS} and back by the queue's depth, and gives each of ${MESSAGES} messages one result`, async () => {
    await cluster.until(async () => (await workers())?.spec.replicas === 0, "no worker", 180);
    const event = (id: string) => ({
      ...{
        specversion: "1.0",
        id,
        source: "test",
        type: "skyloom.inference",
        time: new Date().toISOString(),
      },
      data: { model: MODEL, inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], data: [3, 4] }] },
    });
    const ids = Array.from({ length: MESSAGES }, (_, index) => `message-${index}`);
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    for (let first = 0; first < ids.length; first += 50)
      await Promise.all(
        ids.slice(first, first + 50).map((id) => storage.queue.send(JSON.stringify(event(id)))),
      );
    note(`${MESSAGES} messages sent`, `${seconds().toFixed(1)} s`);
    let most = 0;
    let firstReplica: number | undefined;
    await cluster.until(
      async () => {
        const ready = (await workers())?.status?.readyReplicas ?? 0;
        if (ready > 0) firstReplica ??= seconds();
        most = Math.max(most, ready);
        return (await results()).length === ids.length;
      },
      "all results",
      300,
    );
    note("first replica after", `${firstReplica?.toFixed(1)} s`);
    note("last result after", `${seconds().toFixed(1)} s, with ${most} replicas`);
    await cluster.until(async () => (await workers())?.status?.replicas === undefined, "no replica", 300);
    note("back to no replica after", `${seconds().toFixed(1)} s (${IDLE_SECONDS} s idle)`);
    assert.equal(most, GPUS);
    assert.deepEqual((await results()).toSorted(), ids.toSorted());
    assert.deepEqual(await storage.queue.deadLetters({ limit: 10 }), []);
  });

  /** Ids of messages that have a result. */
  async function results(): Promise<string[]> {
    const { objects } = await storage.store.list({ prefix: "results/message-" });
    return objects.map(({ key }) => key.replace(/^results\/|\.json$/g, ""));
  }

  it("loses no request in a rollout of a new image and back", async () => {
    const image = required("TEST_IMAGE");
    const other = await relabelledImage(image, namespace);
    const under = load("rollout");
    await under.start(loadSettings());
    for (const [what, next] of [
      ["rollout", other],
      ["rollback", image],
    ] as const) {
      stack.set("image", next);
      const { seconds } = await stack.up();
      note(`${what} of the image`, `${seconds.toFixed(1)} s`);
      const { spec } = (await cluster.get("apps/v1", "Deployment", namespace, "runtime")) ?? assert.fail();
      assert.equal(spec.template.spec.containers[0].image, next);
    }
    const { failures, sent, medianMilliseconds, p95Milliseconds } = await under.stop();
    note(
      "requests meanwhile",
      `${sent}, ${failures.length} failed; median ${medianMilliseconds.toFixed(1)} ms, p95 ${p95Milliseconds.toFixed(1)} ms`,
    );
    assert.deepEqual(failures, []);
  });

  it("loses no request in a rollout of a model and back", async () => {
    const under = load("model");
    await under.start(loadSettings());
    const { version } = await publishModel(storage.store, scaleModel(10, MODEL));
    const served = async (wanted: number) => ((await under.soFar())?.versions[wanted] ?? 0) > 0;
    await cluster.until(() => served(version), `answers of version ${version}`);
    const before = await selectVersion(storage.store, MODEL, 1);
    assert.equal(before, version);
    const seenBefore = (await under.soFar())?.versions[1] ?? 0;
    await cluster.until(
      async () => ((await under.soFar())?.versions[1] ?? 0) > seenBefore + 50,
      "answers of version 1 again",
    );
    const { failures, sent, versions } = await under.stop();
    note("requests in a model's rollout and back", `${sent}, ${failures.length} failed`);
    assert.deepEqual(failures, []);
    assert.deepEqual(Object.keys(versions).toSorted(), ["1", String(version)]);
  });

  it(`goes on while random pods are killed for ${KILL_SECONDS} s, a node of the workflow engine among them`, async () => {
    await ask("/v1/workflows/load", {
      method: "PUT",
      body: JSON.stringify({ specification: LOAD_WORKFLOW, files: {} }),
    });
    const under = load("kills");
    await under.start(loadSettings({ retries: 1, jobsPerSecond: 2, runsPerSecond: 1 }));
    const killed = await killPodsFor(KILL_SECONDS, { cluster, namespace });
    const { failures, sent, retried, jobs, runs } = await under.stop();
    note("pods killed", `${killed.length}: ${killed.join(", ")}`);
    note(
      "requests meanwhile, each retried once at most",
      `${sent}, ${retried} retried, ${failures.length} failed`,
    );
    await everyJobHasOneResult(jobs);
    await everyRunEnds(runs);
    note("jobs with one result, runs succeeded", `${jobs.length}, ${runs.length}`);
    assert.deepEqual(failures, []);
    assert.ok(killed.some((pod) => pod.startsWith("restate-")) && jobs.length > 0 && runs.length > 0);
  });

  async function everyJobHasOneResult(ids: string[]): Promise<void> {
    const missing = new Set(ids);
    await cluster.until(
      async () => {
        for (const id of missing)
          if ((await storage.store.head(`results/${id}.json`)) !== undefined) missing.delete(id);
        return missing.size === 0;
      },
      "a result of every job",
      240,
    );
    assert.deepEqual(await storage.queue.deadLetters({ limit: 10 }), []);
  }

  async function everyRunEnds(ids: string[]): Promise<void> {
    const states = new Map<string, string>();
    await cluster.until(
      async () => {
        for (const id of ids)
          if (!["succeeded", "failed"].includes(states.get(id) ?? ""))
            states.set(id, (await ask(`/v1/runs/${id}`)).state);
        return [...states.values()].every((state) => ["succeeded", "failed"].includes(state));
      },
      "the end of every run",
      180,
    );
    assert.deepEqual([...new Set(states.values())], ["succeeded"]);
  }

  it("changes nothing the second time, and one object for another number of replicas", async () => {
    const { changes, seconds } = await stack.up();
    note("up again", `${seconds.toFixed(1)} s, ${JSON.stringify(changes)}`);
    assert.deepEqual(Object.keys(changes), ["same"]);
    stack.set("runtimeReplicas", 3);
    assert.deepEqual(await stack.changes(), ["update runtime"]);
    const changed = await stack.up();
    assert.equal(changed.changes.update, 1);
    assert.equal((await cluster.get("apps/v1", "Deployment", namespace, "runtime"))?.status.readyReplicas, 3);
  });

  it("leaves nothing in the cluster when it is destroyed", async () => {
    const before = await cluster.everyObject(namespace);
    assert.ok(before.length > 40, before.join("\n"));
    const started = performance.now();
    const { exitCode, text } = await stack.destroy();
    assert.equal(exitCode, 0, text);
    note("destroy", `${((performance.now() - started) / 1000).toFixed(1)} s`);
    // The namespace itself is one of them.
    await cluster.until(async () => (await cluster.everyObject(namespace)).length === 0, "nothing left", 120);
  });
});
