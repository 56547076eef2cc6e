import assert from "node:assert/strict";
import { machineOffers } from "../../pricing/machine-offers.ts";
import {
  findMachineType,
  type MachineTypeChoice,
  type PricedCloud,
  pricedClouds,
} from "../../pricing/machine-types.ts";
import { quotasOf, sameQuotaName } from "../../pricing/quota-families.ts";

function needs(cloud: PricedCloud, region: string, machineType: string, spot: boolean, accelerator?: string) {
  const query = { cloud, region, machineType, ...(accelerator === undefined ? {} : { accelerator }) };
  const machine = findMachineType(query);
  assert.equal(machine.kind, "choice");
  return quotasOf(machine as MachineTypeChoice, spot ? "spot" : "on-demand").map(
    ({ quota, perNode, unit }) => [quota, perNode, unit],
  );
}

describe("quotasOf", () => {
  it("gives the codes of aws, spot and on-demand apart, in vCPUs", () => {
    assert.deepEqual(needs("aws", "us-east-1", "g4dn.xlarge", false), [["L-DB2E81BA", 4, "vCPU"]]);
    assert.deepEqual(needs("aws", "us-east-1", "g4dn.xlarge", true), [["L-3819A6DF", 4, "vCPU"]]);
    assert.deepEqual(needs("aws", "us-east-1", "p4d.24xlarge", false), [["L-417A185B", 96, "vCPU"]]);
    assert.deepEqual(needs("aws", "us-east-1", "p4d.24xlarge", true), [["L-7212CCBC", 96, "vCPU"]]);
    assert.deepEqual(needs("aws", "us-east-1", "p5.48xlarge", true), [["L-C4BD4855", 192, "vCPU"]]);
    assert.deepEqual(needs("aws", "us-east-1", "m6i.xlarge", false), [["L-1216C47A", 4, "vCPU"]]);
    assert.deepEqual(needs("aws", "us-east-1", "m6i.xlarge", true), [["L-34B43A08", 4, "vCPU"]]);
  });

  it("says unknown where no source was found, with the reason", () => {
    const machine = findMachineType({ cloud: "aws", region: "us-east-1", machineType: "p6-b200.48xlarge" });
    const [need] = quotasOf(machine as MachineTypeChoice, "spot");
    assert.equal(need?.quota, "unknown");
    assert.match(need?.doubtful ?? "", /disagree/);
  });

  it("gives family and region of azure on-demand, one quota for all spot machines", () => {
    assert.deepEqual(needs("azure", "eastus", "Standard_NC4as_T4_v3", false), [
      ["Standard NCASv3_T4 Family", 4, "vCPU"],
      ["cores", 4, "vCPU"],
    ]);
    assert.deepEqual(needs("azure", "eastus", "Standard_NC4as_T4_v3", true), [
      ["lowPriorityCores", 4, "vCPU"],
    ]);
    assert.equal(needs("azure", "eastus", "Standard_D4as_v5", false)[0]?.[0], "standardDASv5Family");
    assert.equal(needs("azure", "eastus", "Standard_D4s_v5", false)[0]?.[0], "standardDSv5Family");
  });

  it("gives GPU and CPU metrics of gcp, preemptible ones for spot", () => {
    assert.deepEqual(needs("gcp", "us-central1", "n1-standard-8", false, "t4"), [
      ["NVIDIA_T4_GPUS", 1, "GPU"],
      ["GPUS_ALL_REGIONS", 1, "GPU"],
      ["CPUS", 8, "vCPU"],
      ["CPUS_ALL_REGIONS", 8, "vCPU"],
    ]);
    assert.deepEqual(needs("gcp", "us-central1", "n1-standard-8", true, "t4"), [
      ["PREEMPTIBLE_NVIDIA_T4_GPUS", 1, "GPU"],
      ["PREEMPTIBLE_CPUS", 8, "vCPU"],
    ]);
    const h100 = findMachineType({ cloud: "gcp", region: "us-east4", machineType: "a3-highgpu-8g" });
    const [family] = quotasOf(h100 as MachineTypeChoice, "on-demand");
    assert.equal(family?.quota, "GPUS_PER_GPU_FAMILY");
    assert.deepEqual(family?.dimensions, { gpu_family: "NVIDIA_H100" });
    assert.equal(family?.perNode, 8);
  });

  for (const cloud of pricedClouds) {
    it(`knows of at least one quota for every machine type of ${cloud}, spot and on-demand, with source`, () => {
      for (const offer of machineOffers(cloud)) {
        for (const purchase of ["on-demand", "spot"] as const) {
          const quotas = quotasOf(offer, purchase);
          assert.ok(quotas.length > 0, `${offer.machineType} ${purchase}`);
          for (const need of quotas) {
            assert.ok(need.perNode > 0);
            assert.ok(need.source.source.length > 0);
            if (need.quota === "unknown") assert.ok(need.doubtful, offer.machineType);
          }
        }
      }
    });

    it(`gives every machine type of ${cloud} at most one family`, () => {
      for (const offer of machineOffers(cloud)) {
        const regional = quotasOf(offer, "on-demand").filter(
          ({ scope, unit }) => scope === "region" && unit === "vCPU",
        );
        assert.ok(regional.length <= (cloud === "azure" ? 2 : 1), offer.machineType);
      }
    });
  }
});

describe("sameQuotaName", () => {
  it("ignores case and spaces", () => {
    assert.equal(sameQuotaName("Standard NCASv3_T4 Family", "standardNCASv3_T4Family"), true);
    assert.equal(sameQuotaName("standardDSv5Family", "standardDASv5Family"), false);
  });
});
