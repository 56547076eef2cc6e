import assert from "node:assert/strict";
import type { Amounts } from "../../../../runtime/capacity/capacity-source.ts";
import type { ObjectStore } from "../../../../runtime/object-store/object-store.ts";
import { planKey, type RunPlan } from "../../../../runtime/workflows/run-plan/run-plan.ts";
import { createRunPlanner, type PlanRequest } from "../../../../runtime/workflows/run-plan/run-planner.ts";
import { parseWorkflow } from "../../../../runtime/workflows/specification.ts";
import { temporaryStore } from "../../inference/models.ts";

const { workflow } = parseWorkflow(`
name: w
tasks:
  train: { uses: decide, with: { outputs: { a: 1 } }, duration: 10, deadline: 12, resources: { gpu: 1 } }
  tune: { uses: decide, with: { outputs: { a: 1 } }, duration: 6, resources: { gpu: 1 } }
  serve: { uses: decide, with: { outputs: { a: 1 } }, needs: [train], duration: 5 }
`);

describe("planner of runs", function () {
  this.timeout(60_000);
  let store: ObjectStore;
  let remove: () => Promise<void>;
  let gpus = 1;

  before(async () => ({ store, remove } = await temporaryStore()));
  after(() => remove());

  const plan = async (request: Partial<PlanRequest>) => {
    const amounts: Amounts = { gpus: { other: gpus } };
    const planner = createRunPlanner(store, { read: async () => ({ total: amounts, largest: amounts }) });
    const whole: PlanRequest = {
      ...{ runId: "run", execution: 1, workflow, number: 1, reason: { kind: "start" }, offset: 0 },
      ...{ pending: ["train", "tune", "serve"], running: {} },
      ...request,
    };
    const summary = await planner.plan(whole);
    const object = await store.get(planKey(whole.runId, whole.execution, whole.number));
    return {
      summary,
      document: JSON.parse(Buffer.from(object?.body ?? []).toString() || "null") as RunPlan | null,
    };
  };

  it("keeps the plan and gives the run its starts and durations", async () => {
    const { summary, document } = await plan({});
    assert.deepEqual(summary, {
      number: 1,
      capacity: "other=1",
      starts: { train: 0, tune: 10, serve: 10 },
      durations: { train: 10, tune: 6, serve: 5 },
    });
    assert.equal(document?.plan?.makespan, 16);
  });

  it("plans what is left, from now, around what still runs", async () => {
    const { summary } = await plan({
      number: 2,
      reason: { kind: "failure", task: "other" },
      offset: 4,
      pending: ["tune", "serve"],
      // Six seconds are left of it, and its GPU is held until then.
      running: { train: 4 },
    });
    assert.deepEqual("starts" in (summary as object) && (summary as { starts: object }).starts, {
      tune: 10,
      serve: 10,
    });
  });

  it("makes no new plan where the capacity is what it was, and one where it is not", async () => {
    const request = { number: 3, reason: { kind: "capacity" }, knownCapacity: "other=1" } as const;
    assert.deepEqual(await plan(request), { summary: "unchanged", document: null });
    gpus = 2;
    const { document } = await plan(request);
    assert.deepEqual([document?.capacity, document?.plan?.makespan], ["other=2", 15]);
  });

  it("goes on after a deadline that can no longer be kept", async () => {
    const { document } = await plan({ number: 4, offset: 60 });
    assert.equal(document?.error, undefined);
    assert.equal(document?.plan?.makespan, 15);
  });

  it("says why where there can be no plan, and lets the run go on", async () => {
    gpus = 0;
    const { summary, document } = await plan({ number: 5 });
    assert.match(document?.error ?? "", /train needs 1 of gpu, of which there are never more than 0/);
    assert.deepEqual(summary, { number: 5, capacity: "other=0", starts: {}, durations: {} });
  });
});
