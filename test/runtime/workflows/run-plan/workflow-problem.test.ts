import assert from "node:assert/strict";
import { parseCapacity } from "../../../../runtime/workflows/run-plan/parse-capacity.ts";
import { assumedSeconds, workflowProblem } from "../../../../runtime/workflows/run-plan/workflow-problem.ts";
import { parseWorkflow } from "../../../../runtime/workflows/specification.ts";

const { workflow } = parseWorkflow(`
name: train-and-serve
concurrency: 3
deadline: 5000
tasks:
  serve: { uses: notify, with: { message: "\${tasks.approve.outputs.decision}" }, duration: 60 }
  approve: { uses: approve, with: { question: "is it good?" }, needs: [train] }
  train:
    uses: script
    with: { command: [node, scripts/train.mjs] }
    duration: 600
    weight: 3
    deadline: 700
    exceptionCost: 9
    exceptionProbability: 0.1
    resources: { cpu: 500m, memory: 4Gi, gpu: { minimum: 1, maximum: 2 }, gpuType: nvidia-l4 }
`);

describe("a workflow as a planning problem", () => {
  it("has its tasks with needs, times and order, and what there is", () => {
    const capacity = parseCapacity("cpu=4, memory=16Gi, network=500, gpu/nvidia-l4=2, gpu=1");
    assert.deepEqual(workflowProblem(workflow, { capacity }), {
      resources: {
        concurrency: { capacity: 3 },
        cpu: { capacity: 4, unit: "cores" },
        memory: { capacity: 16, unit: "GiB" },
        network: { capacity: 500, unit: "Mbit/s" },
        gpu: { capacity: 3 },
        "gpu/nvidia-l4": { capacity: 2 },
        "gpu/other": { capacity: 1 },
      },
      tasks: {
        train: {
          duration: 600,
          needs: {
            concurrency: 1,
            cpu: 0.5,
            memory: 4,
            gpu: { minimum: 1, maximum: 2 },
            "gpu/nvidia-l4": { minimum: 1, maximum: 2 },
          },
          weight: 3,
          deadline: 700,
          exceptionCost: 9,
          exceptionProbability: 0.1,
        },
        // It waits for a person and holds no place.
        approve: { duration: assumedSeconds, needs: {}, weight: 1, predecessors: ["train"] },
        serve: {
          duration: 60,
          needs: { concurrency: 1 },
          weight: 1,
          deadline: 5000,
          predecessors: ["approve"],
        },
      },
      objective: { weightedCompletion: 1, exceptionCost: 1 },
    });
  });

  it("has only the tasks that are left, their deadlines counted from now, with learned durations", () => {
    const problem = workflowProblem(workflow, {
      capacity: { gpus: {} },
      only: new Set(["approve", "serve"]),
      durations: new Map([["approve", 1000]]),
      elapsed: 800,
    });
    assert.deepEqual(problem.tasks, {
      approve: { duration: 1000, needs: {}, weight: 1 },
      serve: {
        duration: 60,
        needs: { concurrency: 1 },
        weight: 1,
        deadline: 4200,
        predecessors: ["approve"],
      },
    });
  });

  it("lacks an accelerator that nobody has", () => {
    const problem = workflowProblem(workflow, { capacity: parseCapacity("gpu/h100=8") });
    assert.deepEqual(problem.resources["gpu/nvidia-l4"], { capacity: 0 });
  });

  it("names everything in a capacity that is not understood", () => {
    assert.throws(
      () => parseCapacity("cpu=many, memory=4Gi, disk=3"),
      (error: { problems: object[] }) => {
        assert.equal(error.problems.length, 2);
        return true;
      },
    );
  });
});
