import assert from "node:assert/strict";
import type { GpuPoolSettings } from "../../../../components/cloud.ts";
import { development, pool, recordGcp } from "./fixture.ts";

const NODE_POOL = "gcp:container/nodePool:NodePool";

async function recordPools(...gpuPools: GpuPoolSettings[]) {
  return await recordGcp({ ...development, gpuPools }, () => {});
}

describe("node pools of GKE", () => {
  it("has a general pool of the cheapest machine with 4 vCPUs and 16 GiB", async () => {
    const { inputs, ignoreChanges } = (await recordPools()).one(NODE_POOL, "pool-general");
    assert.equal(inputs.nodeConfig.machineType, "e2-standard-4");
    assert.deepEqual(inputs.autoscaling, {
      totalMinNodeCount: 1,
      totalMaxNodeCount: 3,
      locationPolicy: "BALANCED",
    });
    assert.equal(inputs.initialNodeCount, 1);
    assert.equal(inputs.nodeConfig.guestAccelerators, undefined);
    assert.equal(inputs.nodeConfig.taints, undefined);
    assert.deepEqual(ignoreChanges.toSorted(), ["initialNodeCount", "nodeCount"]);
  });

  it("has a GPU pool that rests at 0, with driver, labels and taint", async () => {
    const { inputs, ignoreChanges } = (await recordPools(pool)).one(NODE_POOL, "pool-l4");
    const { nodeConfig } = inputs;
    assert.equal(nodeConfig.machineType, "g2-standard-4");
    assert.equal(nodeConfig.spot, true);
    assert.equal(nodeConfig.diskSizeGb, 100);
    assert.deepEqual(nodeConfig.guestAccelerators, [
      { type: "nvidia-l4", count: 1, gpuDriverInstallationConfig: { gpuDriverVersion: "DEFAULT" } },
    ]);
    assert.deepEqual(nodeConfig.labels, { "skyloom.dev/pool": "l4", "skyloom.dev/accelerator": "l4" });
    assert.deepEqual(nodeConfig.taints, [{ key: "nvidia.com/gpu", value: "present", effect: "NO_SCHEDULE" }]);
    assert.equal(inputs.initialNodeCount, 0);
    assert.deepEqual(inputs.autoscaling, {
      totalMinNodeCount: 0,
      totalMaxNodeCount: 2,
      locationPolicy: "ANY",
    });
    // A spare node would need spare GPUs.
    assert.deepEqual(inputs.upgradeSettings, { strategy: "SURGE", maxSurge: 0, maxUnavailable: 1 });
    assert.ok(ignoreChanges.includes("initialNodeCount"));
  });

  it("leaves the pool's name to the engine, so that a new pool can come before the old one goes", async () => {
    const { inputs, deleteBeforeReplace } = (await recordPools(pool)).one(NODE_POOL, "pool-l4");
    assert.equal(inputs.name, undefined);
    assert.equal(deleteBeforeReplace, undefined);
  });

  it("puts a pool only where its accelerator is, or where it is told to", async () => {
    const recording = await recordPools(
      { ...pool, name: "anywhere", accelerator: "a100-80", minimum: 1 },
      { ...pool, name: "told", zones: ["europe-west4-c"], minimum: 2 },
    );
    const { inputs } = recording.one(NODE_POOL, "pool-anywhere");
    assert.deepEqual(inputs.nodeLocations, ["europe-west4-a"]);
    assert.equal(inputs.initialNodeCount, 1);
    const told = recording.one(NODE_POOL, "pool-told").inputs;
    assert.deepEqual(told.nodeLocations, ["europe-west4-c"]);
    assert.equal(told.initialNodeCount, 2);
  });

  it("attaches accelerators to a machine large enough for pods, or to the one that is named", async () => {
    const recording = await recordPools(
      { ...pool, name: "t4", accelerator: "t4" },
      { ...pool, name: "large", accelerator: "t4", count: 2, machineType: "n1-standard-16" },
    );
    const { nodeConfig } = recording.one(NODE_POOL, "pool-t4").inputs;
    assert.equal(nodeConfig.machineType, "n1-standard-4");
    assert.equal(nodeConfig.guestAccelerators[0].type, "nvidia-tesla-t4");
    const large = recording.one(NODE_POOL, "pool-large").inputs.nodeConfig;
    assert.equal(large.machineType, "n1-standard-16");
    assert.equal(large.guestAccelerators[0].count, 2);
  });

  it("shares a GPU in turns, or in partitions", async () => {
    const recording = await recordPools(
      { ...pool, name: "turns", sharing: { mode: "timeSlicing", replicas: 4 } },
      { ...pool, name: "parts", accelerator: "a100-40", sharing: { mode: "mig", profile: "3g.20gb" } },
    );
    const accelerator = (name: string) =>
      recording.one(NODE_POOL, `pool-${name}`).inputs.nodeConfig.guestAccelerators[0];
    assert.deepEqual(accelerator("turns").gpuSharingConfig, {
      gpuSharingStrategy: "TIME_SHARING",
      maxSharedClientsPerGpu: 4,
    });
    assert.equal(accelerator("turns").gpuPartitionSize, undefined);
    assert.equal(accelerator("parts").gpuPartitionSize, "3g.20gb");
    assert.equal(accelerator("parts").gpuSharingConfig, undefined);
  });

  it("starts machines that take no persistent disks from a hyperdisk", async () => {
    const h200: GpuPoolSettings = { ...pool, name: "h200", accelerator: "h200", count: 8 };
    const recording = await recordPools(h200, pool);
    const diskType = (name: string) => recording.one(NODE_POOL, `pool-${name}`).inputs.nodeConfig.diskType;
    assert.equal(diskType("h200"), "hyperdisk-balanced");
    assert.equal(diskType("l4"), "pd-balanced");
  });

  it("watches GPUs where there are any", async () => {
    const components = async (...pools: GpuPoolSettings[]) =>
      (await recordPools(...pools)).one("gcp:container/cluster:Cluster").inputs.monitoringConfig
        .enableComponents;
    assert.ok((await components(pool)).includes("DCGM"));
    assert.ok(!(await components()).includes("DCGM"));
  });
});
