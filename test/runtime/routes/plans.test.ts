import assert from "node:assert/strict";
import express from "express";
import { Registry } from "prom-client";
import { createLogger } from "../../../runtime/monitoring/logger.ts";
import { createPlansRouter } from "../../../runtime/routes/plans.ts";
import { createApp, listen, type RunningServer } from "../../../runtime/server.ts";
import type { WorkflowEngine } from "../../../runtime/workflows/workflow-engine.ts";
import { createWorkflowRepository } from "../../../runtime/workflows/workflow-repository.ts";
import { temporaryStore } from "../inference/models.ts";
import { checkedAnswers } from "./checked-answers.ts";

const specification = `
name: train-models
inputs: { rows: { type: integer } }
tasks:
  train:
    uses: script
    with: { command: [node, train.mjs] }
    duration: 600
    resources: { gpu: 1 }
  tune:
    uses: script
    with: { command: [node, tune.mjs] }
    duration: 300
    resources: { gpu: 1 }
`;

/** Members of plans, allocations and errors that the tests look at. */
interface Answer {
  makespan: number;
  objective: { value: number };
  isProven: boolean;
  tasks: { name: string }[];
  status: string;
  amounts: object;
  shortages: { missing: number }[];
  best: { pools: { offer: { machineType: string }; nodes: number }[] };
  error: string;
  problems: { path: string }[];
}

describe("route /v1/plans", function () {
  this.timeout(60_000);
  let server: RunningServer;
  let remove: () => Promise<void>;

  before(async () => {
    const temporary = await temporaryStore();
    remove = temporary.remove;
    const definitions = createWorkflowRepository(temporary.store);
    await definitions.put(specification);
    const gpus = { gpus: { other: 2 } };
    const router = createPlansRouter({
      workflows: {
        definitions,
        capacity: async () => ({ total: gpus, largest: gpus }),
      } as unknown as WorkflowEngine,
    });
    const app = createApp({
      logger: createLogger("silent"),
      registry: new Registry(),
      token: undefined,
      readiness: [],
      routers: [express.Router().use(checkedAnswers, router)],
    });
    server = await listen(app, "127.0.0.1", 0);
  });
  after(async () => {
    await server.stop(5);
    await remove();
  });

  const post = (path: string, body: unknown, accept = "application/json") =>
    fetch(`http://127.0.0.1:${server.port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", accept },
      body: JSON.stringify(body),
    });

  const json = async (path: string, body: unknown) => (await (await post(path, body)).json()) as Answer;

  const problem = {
    resources: { executor: { capacity: 1 } },
    tasks: {
      a: { duration: 3, needs: { executor: 1 } },
      b: { duration: 3, needs: { executor: 1 }, weight: 2 },
    },
    objective: { weightedCompletion: 1 },
  };

  it("plans a problem, as JSON, as a picture and as Mermaid", async () => {
    const body = { problem, strategy: "dynamic-programming" };
    const answer = await json("/v1/plans", body);
    assert.deepEqual([answer.objective.value, answer.isProven, answer.tasks[0]?.name], [12, true, "b"]);
    const picture = await post("/v1/plans", body, "image/svg+xml");
    assert.match(picture.headers.get("content-type") ?? "", /^image\/svg\+xml/);
    assert.match(await picture.text(), /^<svg /);
    assert.match(await (await post("/v1/plans", body, "text/vnd.mermaid")).text(), /^gantt\n/);
  });

  it("plans a workflow on what there is, or on what the request says", async () => {
    const there = await json("/v1/plans", { workflow: "train-models" });
    const less = await json("/v1/plans", { workflow: "train-models", capacity: "gpu=1" });
    assert.deepEqual([there.makespan, less.makespan], [600, 900]);
  });

  it("refuses bad input with every problem", async () => {
    const both = await json("/v1/plans", { problem, workflow: "train-models" });
    assert.equal(both.problems[0]?.path, "problem");
    const inputs = await json("/v1/plans", { workflow: "train-models", inputs: { rows: "many", lines: 1 } });
    assert.equal(inputs.problems.length, 2);
    const strategy = await json("/v1/plans", { problem, strategy: "dynamic-programing" });
    assert.match(strategy.error, /did you mean dynamic-programming\?/);
    const cycle = { ...problem, tasks: { a: { duration: 1, predecessors: ["a"] } } };
    const refused = await post("/v1/plans", { problem: cycle });
    assert.equal(refused.status, 400);
    assert.match(((await refused.json()) as Answer).error, /a → a/);
  });

  it("shares resources among tasks, or says what is missing", async () => {
    const allocation = (capacity: number) => ({
      resources: { compute: { capacity } },
      tasks: { cleaning: { demand: 100 }, training: { demand: 300 } },
      order: "together",
    });
    const enough = await json("/v1/plans:allocation", allocation(400));
    assert.deepEqual(enough.amounts, { cleaning: { compute: 100 }, training: { compute: 300 } });
    const lacking = await json("/v1/plans:allocation", allocation(350));
    assert.deepEqual([lacking.status, lacking.shortages[0]?.missing], ["infeasible", 50]);
  });

  it("chooses nodes for workloads among offers", async () => {
    const node = { cloud: "sky", region: "here", vcpus: 4, memoryGib: 16 };
    const answer = await json("/v1/plans:capacity", {
      workloads: {
        training: {
          problem: { resources: {}, tasks: { train: { duration: 3600, needs: { gpu: 1 } } } },
          perDay: 1,
        },
      },
      deadline: 3600,
      offers: [
        { ...node, machineType: "small", accelerator: "t4", acceleratorCount: 1, usdPerHour: 1 },
        { ...node, machineType: "large", accelerator: "a100-40", acceleratorCount: 1, usdPerHour: 4 },
      ],
    });
    assert.deepEqual(
      answer.best.pools.map(({ offer, nodes }) => [offer.machineType, nodes]),
      [["small", 1]],
    );
  });
});
