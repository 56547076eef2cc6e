import assert from "node:assert/strict";
import { type PricedCloud, pricedClouds } from "../../pricing/machine-types.ts";
import { monthlyCost } from "../../pricing/monthly-cost.ts";
import { type RegistryTier, type StackUse, stackServices } from "../../pricing/stack-services.ts";

const nodes = { minimum: 1, expected: 3, maximum: 40 };

function quantities(cloud: PricedCloud, region: string, use: Omit<StackUse, "nodes">) {
  return Object.fromEntries(
    stackServices(cloud, region, { nodes, ...use }).map((each) => [each.service, each.quantity]),
  );
}

describe("stackServices", () => {
  it("counts NAT gateways by the hour, or by the first 32 machines where the cloud bills so", () => {
    assert.equal(quantities("aws", "us-east-1", { natGateways: 2 })["nat-gateway"], 1460);
    assert.deepEqual(quantities("gcp", "us-central1", { natGateways: 1 })["nat-gateway"], {
      minimum: 730,
      expected: 3 * 730,
      maximum: 32 * 730,
    });
  });

  it("turns requests into the cloud's unit, or says unknown where it bills by volume", () => {
    assert.equal(quantities("aws", "us-east-1", { queueRequests: 5e6 })["queue-requests"], 5);
    assert.equal(quantities("azure", "eastus", { queueRequests: 5e6 })["queue-requests"], 500);
    assert.equal(quantities("gcp", "us-central1", { queueRequests: 5e6 })["queue-requests"], "unknown");
  });

  it("counts node disks by nodes, and only the size whose price is known", () => {
    assert.deepEqual(quantities("aws", "us-east-1", { nodeDiskGib: 100 })["node-disk"], {
      minimum: 100,
      expected: 300,
      maximum: 4000,
    });
    assert.deepEqual(quantities("azure", "eastus", { nodeDiskGib: 128 })["node-disk"], nodes);
    assert.equal(quantities("azure", "eastus", { nodeDiskGib: 100 })["node-disk"], "unknown");
  });

  it("names the registry's tier that is declared where the cloud bills by tier", () => {
    const registry = (cloud: PricedCloud, region: string, registryTier?: RegistryTier) =>
      Object.keys(
        quantities(cloud, region, { registryGb: 10, ...(registryTier && { registryTier }) }),
      ).filter((service) => service.startsWith("registry-"));
    assert.deepEqual(registry("azure", "westeurope"), ["registry-standard"]);
    assert.deepEqual(registry("azure", "westeurope", "basic"), ["registry-basic"]);
    assert.deepEqual(registry("azure", "westeurope", "premium"), ["registry-premium"]);
    assert.deepEqual(registry("aws", "us-east-1", "premium"), ["registry-storage"]);
  });

  it("takes the free control plane only where there is one", () => {
    assert.deepEqual(quantities("azure", "eastus", { freeControlPlane: true }), {
      "control-plane-free": 730,
    });
    assert.deepEqual(quantities("aws", "us-east-1", { freeControlPlane: true }), {
      "control-plane-standard": 730,
    });
  });

  for (const cloud of pricedClouds) {
    it(`names services of ${cloud} that its table knows`, () => {
      const use: StackUse = {
        nodes,
        natGateways: 1,
        natGb: 1,
        bucketGb: 1,
        queueRequests: 1,
        registryGb: 1,
        nodeDiskGib: 128,
        logGb: "unknown",
        loadBalancers: 1,
        publicAddresses: 1,
        encryptionKeys: 1,
      };
      const region = { aws: "us-east-1", azure: "westeurope", gcp: "us-central1" }[cloud];
      const { items } = monthlyCost({
        cloud,
        region,
        nodePools: [],
        services: stackServices(cloud, region, use),
      });
      assert.equal(items.length, 11);
      for (const item of items) assert.notEqual(item.unit, "unknown", item.item);
    });
  }
});
