import assert from "node:assert/strict";
import type { GpuPoolSettings } from "../../../../components/cloud.ts";
import { development, pool, production, recordUsedAzure } from "./fixture.ts";

const POOL = "azure-native:containerservice:AgentPool";

async function gpuPool(changes: Partial<GpuPoolSettings>, settings = development) {
  const asked = { ...pool, ...changes };
  const recording = await recordUsedAzure({ ...settings, gpuPools: [asked] });
  return recording.one(POOL, `pool-${asked.name}`);
}

describe("node pools on azure", function () {
  // The types of the SDKs are read once, which takes seconds on a busy machine.
  this.timeout(30_000);
  it("have the cheapest machines with the accelerators, and scale from and to zero", async () => {
    const { inputs, ignoreChanges } = await gpuPool({ spot: false });
    assert.equal(inputs.vmSize, "Standard_NC4as_T4_v3");
    assert.deepEqual([inputs.count, inputs.minCount, inputs.maxCount], [0, 0, 2]);
    assert.equal(inputs.enableAutoScaling, true);
    assert.equal(inputs.mode, "User");
    assert.equal(inputs.osDiskSizeGB, 100);
    assert.deepEqual(inputs.gpuProfile, { driver: "Install" });
    assert.deepEqual(ignoreChanges, ["count"]);
  });

  it("have the machines that were asked for", async () => {
    const { inputs } = await gpuPool({ machineType: "Standard_NC16as_T4_v3", zones: ["2"] });
    assert.equal(inputs.vmSize, "Standard_NC16as_T4_v3");
    assert.deepEqual(inputs.availabilityZones, ["2"]);
  });

  it("carry the labels and the taint of the port, on spot nodes also what AKS adds", async () => {
    const onDemand = (await gpuPool({ spot: false })).inputs;
    assert.deepEqual(onDemand.nodeLabels, { "skyloom.dev/pool": "t4", "skyloom.dev/accelerator": "t4" });
    assert.deepEqual(onDemand.nodeTaints, ["nvidia.com/gpu=present:NoSchedule"]);
    assert.equal(onDemand.scaleSetPriority, undefined);
    assert.equal(onDemand.upgradeSettings.maxUnavailable, "1");
    const spot = (await gpuPool({ spot: true })).inputs;
    assert.equal(spot.scaleSetPriority, "Spot");
    assert.equal(spot.scaleSetEvictionPolicy, "Delete");
    assert.equal(spot.spotMaxPrice, -1);
    assert.equal(spot.nodeLabels["kubernetes.azure.com/scalesetpriority"], "spot");
    assert.deepEqual(spot.nodeTaints, [
      "nvidia.com/gpu=present:NoSchedule",
      "kubernetes.azure.com/scalesetpriority=spot:NoSchedule",
    ]);
    // AKS refuses them for spot pools.
    assert.equal(spot.upgradeSettings, undefined);
  });

  it("share GPUs by the partitions of the machine's series", async () => {
    const sharing = { mode: "mig", profile: "3g.40gb" } as const;
    const { inputs } = await gpuPool({ name: "a100", accelerator: "a100-80", sharing });
    assert.equal(inputs.gpuInstanceProfile, "MIG3g");
    assert.equal((await gpuPool({})).inputs.gpuInstanceProfile, undefined);
  });

  it("have no virtual TPM where the size has none", async () => {
    const { inputs } = await gpuPool({ name: "nd", accelerator: "a100-40", count: 8 });
    assert.equal(inputs.vmSize, "Standard_ND96asr_v4");
    assert.deepEqual(inputs.securityProfile, { enableSecureBoot: false, enableVTPM: false });
  });

  it("change size in place, and make room for other machines under another name", async () => {
    const name = async (changes: Partial<GpuPoolSettings>) => (await gpuPool(changes)).inputs.agentPoolName;
    const before = await name({});
    assert.equal(await name({ maximum: 7, minimum: 1 }), before);
    for (const changes of [
      { count: 4 },
      { spot: false },
      { diskGib: 200 },
      { zones: ["1"] },
      { machineType: "Standard_NC8as_T4_v3" },
    ])
      assert.notEqual(await name(changes), before, JSON.stringify(changes));
  });

  it("follow the cluster's version, and spread ordinary nodes over zones in production", async () => {
    const recording = await recordUsedAzure(production);
    const { inputs } = recording.one(POOL, "pool-general");
    const cluster = recording.one("azure-native:containerservice:ManagedCluster").inputs;
    assert.equal(inputs.orchestratorVersion, cluster.kubernetesVersion);
    assert.deepEqual(inputs.availabilityZones, ["1", "2", "3"]);
    assert.deepEqual([inputs.minCount, inputs.maxCount, inputs.osDiskSizeGB], [3, 10, 100]);
    const [system] = cluster.agentPoolProfiles;
    assert.equal(system.mode, "System");
    assert.equal(system.minCount, 2);
    assert.deepEqual(system.nodeTaints, ["CriticalAddonsOnly=true:NoSchedule"]);
  });
});
