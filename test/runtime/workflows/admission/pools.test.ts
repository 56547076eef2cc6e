import assert from "node:assert/strict";
import { ApiError } from "../../../../runtime/errors.ts";
import { parseDeclaredPools } from "../../../../runtime/workflows/admission/declared-pools.ts";
import { createPools } from "../../../../runtime/workflows/admission/pools.ts";
import { parseWorkflow } from "../../../../runtime/workflows/specification.ts";

const node = { cpu: 4, memory: 2 ** 34, gpus: { l4: 1 } };
const source = {
  read: async () => ({
    total: { ...node, cpu: 8, memory: 2 ** 35, gpus: { l4: 2 } },
    largest: node,
  }),
};

describe("pools that tasks may use", () => {
  it("are what the source tells, where nothing else is declared", async () => {
    const pools = createPools(parseDeclaredPools("network=500,memory=8Gi; farm: gpu/h100=8"), source);
    assert.deepEqual(pools.names, ["default", "farm"]);
    assert.deepEqual(await pools.capacityOf("default"), {
      total: { cpu: 8, memory: 2 ** 33, network: 500, gpus: { l4: 2 } },
      largest: { cpu: 4, memory: 2 ** 33, network: 500, gpus: { l4: 1 } },
    });
    assert.deepEqual((await pools.capacityOf("farm")).total, { gpus: { h100: 8 } });
    await assert.rejects(pools.capacityOf("none"), { code: "unknown-pool" });
  });

  it("refuse what is declared wrongly, all of it at once", () => {
    assert.throws(
      () => parseDeclaredPools("cpu=many; Farm: gpu=1; cpu=3"),
      (error: ApiError) => {
        assert.deepEqual(
          error.problems.map(({ message }) => message.split(";")[0]),
          ['"cpu=many" is not understood', '"Farm" is no name of a pool', "pool default is declared twice"],
        );
        return true;
      },
    );
  });

  it("refuse a workflow that could never run, with every task, resource and what is there", async () => {
    const task = (resources: string) => `{uses: decide, with: {outputs: {}}, resources: ${resources}}`;
    const { workflow } = parseWorkflow(`name: greedy
tasks:
  a: ${task("{cpu: 5, memory: 4Gi, gpu: {minimum: 1, maximum: 4}}")}
  b: ${task("{gpu: 1, gpuType: h100}")}
  c: ${task("{cpu: 1, pool: frm}")}
  d: ${task("{memory: 17Gi}")}
`);
    const pools = createPools(parseDeclaredPools("farm: cpu=1"), source);
    await assert.rejects(pools.checkNeeds(workflow), (error: ApiError) => {
      assert.deepEqual([error.status, error.code], [422, "not-enough-capacity"]);
      assert.deepEqual(
        error.problems.map(({ path, message }) => `${path}: ${message}`),
        [
          "tasks.a.resources.cpu: needs 5, and pool default has 4 for one task",
          "tasks.b.resources.gpu: needs 1 of type h100, and pool default has 0 for one task",
          'tasks.c.resources.pool: there is no pool "frm", did you mean "farm"? there are default, farm',
          "tasks.d.resources.memory: needs 17Gi, and pool default has 16Gi for one task",
        ],
      );
      return true;
    });
  });

  it("refuse nothing while nobody knows what is there", async () => {
    const read = async () => {
      throw new ApiError("no answer", { status: 503, code: "capacity-unavailable" });
    };
    const { workflow } = parseWorkflow(
      "name: x\ntasks:\n  a: {uses: decide, with: {outputs: {}}, resources: {cpu: 9}}\n",
    );
    await createPools(new Map(), { read }).checkNeeds(workflow);
  });
});
