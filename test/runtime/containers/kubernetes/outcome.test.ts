import assert from "node:assert/strict";
import type { V1ContainerStateTerminated, V1Job, V1Pod } from "@kubernetes/client-node";
import type { ContainerRequest } from "../../../../runtime/containers/container-runner.ts";
import { outcomeOf } from "../../../../runtime/containers/kubernetes/outcome.ts";

const request: ContainerRequest = {
  runId: "run",
  task: "task",
  attempt: 1,
  image: "a",
  environment: {},
  secrets: {},
  inputs: {},
  resources: { gpu: 2, memory: 1000 },
  timeLimitSeconds: 5,
};
const ended = (terminated: V1ContainerStateTerminated, more: NonNullable<V1Pod["status"]> = {}): V1Pod => ({
  status: {
    containerStatuses: [
      { name: "main", image: "a", imageID: "", ready: false, restartCount: 0, state: { terminated } },
    ],
    ...more,
  },
});
const failed = (reason: string, message = ""): V1Job => ({
  status: { conditions: [{ type: "Failed", status: "True", reason, message }] },
});

describe("outcome of a Job's pod", () => {
  it("is none while it goes on", () => {
    assert.equal(outcomeOf({}, undefined, request), undefined);
    assert.equal(outcomeOf({}, { status: { phase: "Running" } }, request), undefined);
  });

  it("is the exit code with what was written, and how long it held its GPUs", () => {
    const state = {
      exitCode: 0,
      message: '{"a": 1}',
      startedAt: new Date(1_000),
      finishedAt: new Date(4_000),
    };
    assert.deepEqual(outcomeOf({}, ended(state, { phase: "Succeeded" }), request), {
      exitCode: 0,
      file: '{"a": 1}',
      usage: { gpuSeconds: 6 },
    });
    const plain = { ...request, resources: {} };
    assert.deepEqual(outcomeOf({}, ended({ exitCode: 3 }, { phase: "Failed" }), plain), {
      exitCode: 3,
      file: undefined,
      usage: {},
    });
  });

  const refusals: [string, V1Job | undefined, V1Pod | undefined, object][] = [
    [
      "the time limit",
      {},
      ended({ exitCode: 137 }, { phase: "Failed", reason: "DeadlineExceeded" }),
      { code: "container-timeout" },
    ],
    [
      "too little memory",
      {},
      ended({ exitCode: 137, reason: "OOMKilled" }),
      { code: "container-out-of-memory", message: /its 1000 bytes/ },
    ],
    [
      "a program that is not there",
      {},
      ended({ exitCode: 128, reason: "StartError", message: "exec: no-such: not found" }),
      { code: "container-not-startable", message: /no-such/ },
    ],
    [
      "a file that was cut",
      {},
      ended({ exitCode: 0, message: "x".repeat(4096) }),
      { code: "outputs-too-large" },
    ],
    [
      "an evicted pod",
      {},
      { status: { phase: "Failed", reason: "Evicted", message: "The node was low on memory" } },
      { code: "container-lost", message: /low on memory/ },
    ],
    [
      "a pod pushed off its node while it wrote",
      {},
      ended(
        { exitCode: 143, message: "{" },
        { phase: "Failed", conditions: [{ type: "DisruptionTarget", status: "True", message: "preempted" }] },
      ),
      { code: "container-lost", message: /preempted/ },
    ],
    [
      "a pod that is gone with its node",
      failed("BackoffLimitExceeded", "Job has reached the specified backoff limit"),
      undefined,
      { code: "container-lost", message: /backoff limit/ },
    ],
    [
      "a job that somebody removed",
      undefined,
      undefined,
      { code: "container-lost", message: /removed by somebody else/ },
    ],
  ];
  for (const [what, job, pod, error] of refusals)
    it(`tells of ${what}`, () => {
      assert.throws(() => outcomeOf(job, pod, request), error);
    });
});
