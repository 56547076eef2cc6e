import assert from "node:assert/strict";
import { type ClusterState, clusterCapacity } from "../../../runtime/capacity/cluster-capacity.ts";
import type { NodePool } from "../../../runtime/capacity/node-pools.ts";
import { gibibyte, isOwn, node, pod, quota } from "./nodes.ts";

const gpuPool: NodePool = {
  name: "train",
  labels: { "skyloom.dev/pool": "train" },
  accelerator: "t4",
  tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }],
  gpus: 2,
  maximum: 3,
};

const capacity = (state: Partial<ClusterState>) =>
  clusterCapacity({ nodes: [], pods: [], quotas: [], pools: [], isOwn, ...state });

describe("capacity of a cluster", () => {
  it("is what nodes allow, without what others hold, and with what tasks hold", () => {
    const { total, largest } = capacity({
      nodes: [node("one"), node("two")],
      pods: [
        pod("other", "one", { cpu: "1500m", memory: "4Gi", "ephemeral-storage": "10Gi" }),
        pod("task", "two", { cpu: "2", memory: "8Gi" }, { own: true }),
        pod("ended", "two", { cpu: "4", memory: "16Gi" }, { phase: "Succeeded" }),
        pod("waiting", undefined, { cpu: "4" }),
      ],
    });
    assert.deepEqual(total, { cpu: 6.5, memory: 28 * gibibyte, storage: 190 * gibibyte, gpus: {} });
    assert.deepEqual(largest, { cpu: 4, memory: 16 * gibibyte, storage: 100 * gibibyte, gpus: {} });
  });

  it("leaves out nodes that are not ready, cordoned, or kept for others", () => {
    const { total } = capacity({
      nodes: [
        node("good"),
        node("lost", { ready: false }),
        node("cordoned", { unschedulable: true }),
        node("control", { taint: "node-role.kubernetes.io/control-plane" }),
      ],
    });
    assert.equal(total.cpu, 4);
  });

  it("counts GPUs by accelerator, by the project's label or that of a declared pool", () => {
    const own = { ...gpuPool, labels: { "example.com/gpu": "a100" }, accelerator: "a100", maximum: 0 };
    const { total, largest } = capacity({
      nodes: [
        node("a", { gpus: 2, taint: "nvidia.com/gpu", labels: { "skyloom.dev/accelerator": "t4" } }),
        node("b", { gpus: 1, labels: { "skyloom.dev/accelerator": "t4" } }),
        node("c", { gpus: 8, labels: { "example.com/gpu": "a100" } }),
        node("d", { gpus: 1 }),
      ],
      pods: [pod("other", "c", { "nvidia.com/gpu": "3" })],
      pools: [own],
    });
    assert.deepEqual(total.gpus, { t4: 3, a100: 5, other: 1 });
    assert.deepEqual(largest.gpus, { t4: 2, a100: 5, other: 1 });
  });

  it("counts the nodes that a pool may still bring, also when it has none", () => {
    const { total, largest } = capacity({ pools: [{ ...gpuPool, cpu: 8, memory: 32 * gibibyte }] });
    assert.deepEqual(total, { cpu: 24, memory: 96 * gibibyte, gpus: { t4: 6 } });
    assert.deepEqual(largest, { cpu: 8, memory: 32 * gibibyte, gpus: { t4: 2 } });
  });

  it("takes nodes to come for like those of the pool that are there", () => {
    const { total } = capacity({
      nodes: [node("a", { gpus: 2, labels: gpuPool.labels })],
      pools: [gpuPool],
    });
    assert.deepEqual(total, { cpu: 12, memory: 48 * gibibyte, storage: 300 * gibibyte, gpus: { t4: 6 } });
  });

  it("knows no cores and bytes where nodes may come of which nobody said how large they are", () => {
    const { total, largest } = capacity({ nodes: [node("one")], pools: [gpuPool] });
    assert.deepEqual([total, largest], [{ gpus: { t4: 6 } }, { gpus: { t4: 2 } }]);
  });

  it("is held to the quotas, without what others use of them", () => {
    const { total, largest } = capacity({
      nodes: [node("one", { gpus: 4, labels: { "skyloom.dev/accelerator": "t4" } }), node("two")],
      pods: [pod("task", "one", { cpu: "1", memory: "1Gi", "nvidia.com/gpu": "1" }, { own: true })],
      quotas: [
        quota(
          { "requests.cpu": "5", "limits.memory": "10Gi" },
          { "requests.cpu": "3", "limits.memory": "1Gi" },
        ),
        quota({ "requests.nvidia.com/gpu": "2" }, { "requests.nvidia.com/gpu": "2" }),
        quota({ cpu: "1" }, {}, ["BestEffort"]),
      ],
    });
    assert.deepEqual(total, { cpu: 3, memory: 10 * gibibyte, storage: 200 * gibibyte, gpus: { t4: 1 } });
    assert.equal(largest.cpu, 3);
  });

  it("is the quota where nodes are not to be seen, and not known where there is none", () => {
    assert.deepEqual(capacity({ nodes: undefined, quotas: [quota({ "requests.cpu": "3" })] }).total, {
      cpu: 3,
      gpus: {},
    });
    assert.deepEqual(capacity({ nodes: undefined }).total, { gpus: {} });
  });
});
