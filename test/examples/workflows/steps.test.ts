import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { createInference } from "../../../runtime/inference/engine.ts";
import type { Inference } from "../../../runtime/inference/inference.ts";
import { readManifest } from "../../../runtime/inference/read-models.ts";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import type { ObjectStore } from "../../../runtime/object-store/object-store.ts";
import type { Run } from "../../../runtime/workflows/run.ts";
import { parseWorkflow } from "../../../runtime/workflows/specification.ts";
import type { WorkflowEngine } from "../../../runtime/workflows/workflow-engine.ts";
import { projectFolder } from "../../../scripts/project.mjs";
import { testEngine } from "../../runtime/workflows/engine-server.ts";
import { type RestateServer, startRestateServer } from "../../runtime/workflows/restate-server.ts";
import { secretsOf } from "../../runtime/workflows/task-types/run-task.ts";
import { startTestServer } from "../../runtime/workflows/task-types/test-server.ts";
import { temporaryFolder } from "../../runtime/workflows/temporary-folder.ts";
import { waitForRun } from "../../runtime/workflows/wait-for-run.ts";

const read = (path: string) => readFileSync(join(projectFolder, "examples/workflows", path), "utf8");

describe("examples of steps", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const webhookKey = "a key of the team's webhook";
  let restate: RestateServer;
  let store: ObjectStore;
  let inference: Inference;
  let engine: WorkflowEngine;

  before(async () => {
    const bucket = join(folder.path, "bucket");
    store = createLocalObjectStore({ folder: bucket });
    inference = createInference({ store, workers: 1, pointerCheckSeconds: 3600 });
    restate = await startRestateServer(join(folder.path, "restate"));
    engine = testEngine({
      bucket,
      restateIngress: restate.ingress,
      restateAdmin: restate.admin,
      workflowPort: 0,
      inference,
      secrets: secretsOf({ "status-token": "t0ken-value", "team-webhook": webhookKey }),
    });
    await engine.start();
  });
  after(async () => {
    await engine?.stop();
    await restate?.kill();
    await inference?.close();
  });

  async function run(specification: string, inputs = {}, files: Record<string, string> = {}): Promise<Run> {
    assert.deepEqual(parseWorkflow(specification).warnings, []);
    const { name } = await engine.putDefinition(specification, files);
    const { id } = await engine.startRun({ workflow: name, inputs });
    return await waitForRun(() => engine.getRun(id), undefined, 100);
  }
  const states = ({ tasks }: Run) => Object.fromEntries(tasks.map(({ name, state }) => [name, state]));

  it("train-and-publish learns a model, publishes it, asks it, and keeps it where the next is no better", async () => {
    await store.put("data/readings.csv", read("train-and-publish/readings.csv"));
    const first = await run(read("train-and-publish/workflow.yaml"));
    assert.equal(first.error, null);
    assert.equal(first.outputs?.published, true);
    assert.ok((first.outputs?.accuracy as number) > 0.9, JSON.stringify(first.outputs));
    assert.equal(first.outputs?.rows, 720);
    const { metrics, lineage } = await readManifest(store, "machine-state", 1);
    assert.equal(metrics.accuracy, first.outputs?.accuracy);
    assert.equal(lineage.run, first.id);
    const predict = first.tasks.find(({ name }) => name === "predict")?.outputs as { data: { key: string } };
    const [head = "", ...rows] = Buffer.from((await store.get(predict.data.key))?.body ?? [])
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.split(","));
    const right = rows.filter(
      (row) => row[head.indexOf("state")] === row[head.indexOf("probabilities_label")],
    );
    assert.equal(right.length / rows.length, metrics.accuracy);

    const second = await run(read("train-and-publish/workflow.yaml"));
    assert.deepEqual([second.error, second.outputs?.published], [null, false]);
    assert.equal(states(second).predict, "skipped");
  });

  it("http-and-notify asks, opens an incident and tells the team, or does not", async () => {
    const server = await startTestServer();
    let isHealthy = true;
    server.answer = ({ method, url, headers }, response) => {
      if (url === "/hooks") return void response.writeHead(204).end();
      const isKnown = headers.authorization === "Bearer t0ken-value";
      response.writeHead(!isKnown ? 401 : method === "POST" ? 201 : 200, {
        "content-type": "application/json",
      });
      response.end(JSON.stringify({ healthy: isHealthy }));
    };
    const specification = read("http-and-notify/workflow.yaml").replaceAll(
      "https://status.example.com",
      server.url,
    );
    try {
      const well = await run(specification, { service: "billing" });
      assert.deepEqual(states(well), { ask: "succeeded", open: "skipped", tell: "skipped" });
      isHealthy = false;
      const bad = await run(specification, { service: "billing" });
      assert.deepEqual([bad.error, bad.outputs], [null, { healthy: false }]);
      const [, ask, open, hook] = server.seen;
      assert.equal(ask?.url, "/services/billing?detail=full");
      assert.equal(open?.headers["idempotency-key"], `${bad.id}/open`);
      const event = new Webhook(webhookKey, { format: "raw" }).verify(
        hook?.body ?? "",
        hook?.headers as Record<string, string>,
      ) as { data: { message: string } };
      assert.equal(event.data.message, "billing is not well");
    } finally {
      await server.close();
    }
  });

  it("script-with-limits counts primes", async () => {
    const files = { "scripts/primes.mjs": read("script/scripts/primes.mjs") };
    const done = await run(read("script/workflow.yaml"), { below: 100 }, files);
    assert.deepEqual([done.error, done.outputs], [null, { count: 25 }]);
    assert.deepEqual(done.tasks[0]?.outputs, { count: 25, largest: 97 });
  });
});
