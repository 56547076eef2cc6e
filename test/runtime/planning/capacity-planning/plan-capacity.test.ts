import assert from "node:assert/strict";
import { capacityRequestSchema } from "../../../../runtime/planning/capacity-planning/capacity-request.ts";
import { planCapacity } from "../../../../runtime/planning/capacity-planning/plan-capacity.ts";

const hour = 3600;
const offer = (cloud: string, machineType: string, more: object) => ({
  ...{ cloud, region: "here", machineType, vcpus: 8, memoryGib: 32, ...more },
});

/** One GPU for 2 USD, four for 7; on the other cloud one for 3, and none whose price is known for four. */
const offers = [
  offer("sky", "cpu-8", { usdPerHour: 0.4 }),
  offer("sky", "gpu-1", { accelerator: "l4", acceleratorCount: 1, usdPerHour: 2 }),
  offer("sky", "gpu-4", { accelerator: "l4", acceleratorCount: 4, vcpus: 32, memoryGib: 128, usdPerHour: 7 }),
  offer("sea", "cpu-8", { usdPerHour: 0.3 }),
  offer("sea", "gpu-1", { accelerator: "a10", acceleratorCount: 1, usdPerHour: 3 }),
  offer("sea", "gpu-8", { accelerator: "a10", acceleratorCount: 8, usdPerHour: "unknown" }),
];

/** Cleaning on 4 cores for an hour, then two trainings on a GPU each, two hours. */
const problem = {
  resources: {},
  tasks: {
    clean: { duration: hour, needs: { cpu: 4, memory: 8 } },
    first: { duration: 2 * hour, needs: { gpu: 1, cpu: 2 }, predecessors: ["clean"] },
    second: { duration: 2 * hour, needs: { gpu: 1, cpu: 2 }, predecessors: ["clean"] },
  },
};

const plan = (more: object, workload: object = {}) =>
  planCapacity(
    capacityRequestSchema.parse({
      workloads: { training: { problem, perDay: 2, ...workload } },
      offers,
      startSeconds: 0,
      idleSeconds: 0,
      ...more,
    }),
  );

const pools = (
  answer:
    | { pools: { group: string; offer: { machineType: string; cloud: string }; nodes: number }[] }
    | undefined,
) =>
  answer?.pools.map(({ group, offer, nodes }) => `${group}: ${nodes} × ${offer.cloud} ${offer.machineType}`);

describe("capacity planning", function () {
  this.timeout(60_000);

  it("pays by the hour for pools that go to zero: two GPUs in half the time cost what one costs", async () => {
    const answer = await plan({ deadline: 5 * hour });
    assert.deepEqual(pools(answer.best), ["cpu: 1 × sea cpu-8", "gpu: 2 × sky gpu-1"]);
    // 1 h of 0.3 and 2 × 2 h of 2, twice a day.
    assert.ok(Math.abs((answer.best?.usdPerDay ?? 0) - 2 * (0.3 + 4 * 2)) < 1e-9);
    assert.deepEqual(answer.best?.workloads, [
      { workload: "training", makespan: 3 * hour, deadline: 5 * hour, meetsDeadline: true },
    ]);
    assert.deepEqual(pools(answer.byCloud.sky), ["cpu: 1 × sky cpu-8", "gpu: 2 × sky gpu-1"]);
  });

  it("takes two GPUs where it does not, and says what one more and one less would do", async () => {
    const { best, whatIf } = await plan({ deadline: 3 * hour });
    assert.deepEqual(pools(best), ["cpu: 1 × sea cpu-8", "gpu: 2 × sky gpu-1"]);
    const changes = whatIf.map(({ group, change, result }) => [
      group,
      change,
      result?.meetsDeadlines,
      result?.workloads[0]?.makespan,
    ]);
    assert.deepEqual(changes, [
      ["cpu", 1, true, 3 * hour],
      ["cpu", -1, undefined, undefined],
      ["gpu", 1, true, 3 * hour],
      ["gpu", -1, false, 5 * hour],
    ]);
  });

  it("takes one GPU where pools do not go to zero and the deadline leaves time for one after the other", async () => {
    const { best } = await plan({ deadline: 5 * hour, scaleToZero: false });
    assert.deepEqual(pools(best), ["cpu: 1 × sea cpu-8", "gpu: 1 × sky gpu-1"]);
    assert.ok(Math.abs((best?.usdPerDay ?? 0) - 24 * 2.3) < 1e-9);
  });

  it("counts starting and idling of nodes that go to zero", async () => {
    const { best } = await plan({ deadline: 5 * hour, startSeconds: 180, idleSeconds: 720 });
    // A quarter of an hour more for each of the two nodes, twice a day.
    assert.ok(Math.abs((best?.usdPerDay ?? 0) - 2 * (1.25 * 0.3 + 4.25 * 2)) < 1e-9);
  });

  it("finds the fastest within a budget", async () => {
    const cheap = await plan({ budget: 20, maximumNodes: 4 });
    assert.deepEqual(
      [cheap.best?.workloads[0]?.makespan, pools(cheap.best)?.[1]],
      [3 * hour, "gpu: 2 × sky gpu-1"],
    );
    const none = await plan({ budget: 10, maximumNodes: 4 });
    assert.deepEqual(
      [none.best, none.reasons],
      [undefined, ["no pools of up to 4 nodes do all runs of a day for 10 USD a day"]],
    );
  });

  it("has as many nodes as the runs of a day need together", async () => {
    // 20 runs of 4 GPU hours are 80 of 24 hours: four nodes at 83 % are too full.
    const { best } = await plan({ deadline: 12 * hour }, { perDay: 20 });
    const gpu = best?.pools.find(({ group }) => group === "gpu");
    assert.equal(gpu?.nodes, 5);
    assert.ok(Math.abs((gpu?.utilisation ?? 0) - 80 / 120) < 1e-9);
  });

  it("puts a task that needs four GPUs on one node that has them, and lists what has no known price", async () => {
    const large = { ...problem, tasks: { train: { duration: hour, needs: { gpu: 4 } } } };
    const { best, byCloud, unpriced } = await plan({ deadline: hour }, { problem: large });
    assert.deepEqual(pools(best), ["gpu: 1 × sky gpu-4"]);
    assert.equal(byCloud.sea, undefined);
    assert.deepEqual(
      unpriced.map(({ machineType }) => machineType),
      ["gpu-8"],
    );
  });

  it("says why nothing will do", async () => {
    const huge = { ...problem, tasks: { train: { duration: hour, needs: { "gpu/h100": 2 } } } };
    const { reasons } = await plan({ deadline: hour }, { problem: huge });
    assert.deepEqual(reasons, ["gpu/h100: no offer has 0 cores, 0 GiB and 2 GPUs on one node"]);
    const short = await plan({ deadline: 2 * hour, maximumNodes: 2 });
    assert.deepEqual(short.reasons, ["no pools of up to 2 nodes do all runs of a day within 7200 s"]);
  });

  it("names what is wrong with a workload", async () => {
    const wrong = { resources: {}, tasks: { train: { duration: -1 } } };
    await assert.rejects(plan({}, { problem: wrong }), (error: { problems: { path: string }[] }) => {
      assert.deepEqual(
        error.problems.map(({ path }) => path),
        ["workloads.training.problem.tasks.train.duration"],
      );
      return true;
    });
  });
});
