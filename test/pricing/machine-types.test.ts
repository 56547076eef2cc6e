import assert from "node:assert/strict";
import {
  cheapestMachineType,
  findMachineType,
  type MachineTypeChoice,
  type PricedCloud,
  pricedClouds,
  type Refusal,
  refusalMessage,
  regions,
} from "../../pricing/machine-types.ts";
import { type RawRow, rawTable, trusted } from "./tables.ts";

function chosen(answer: MachineTypeChoice | Refusal): MachineTypeChoice {
  assert.equal(answer.kind, "choice", answer.kind === "refusal" ? refusalMessage(answer) : "");
  return answer as MachineTypeChoice;
}

function refused(answer: MachineTypeChoice | Refusal): Refusal {
  assert.equal(answer.kind, "refusal", JSON.stringify(answer));
  return answer as Refusal;
}

/** The least trusted price of any machine type with exactly that accelerator, by looking at every raw row. */
function bruteForceMinimum(
  cloud: PricedCloud,
  region: string,
  accelerator: string,
  acceleratorCount: string,
  purchase: "on-demand" | "spot",
): number | undefined {
  const rows = rawTable(`${cloud}.csv`).filter((row) => row.region === region);
  const accelerators = rows.filter((row) => row.machineType === "");
  const addOn = accelerators.find(
    (row) => row.accelerator === accelerator && row.acceleratorCount === acceleratorCount,
  );
  const limits = rawTable("attachable-accelerators.csv").find(
    (row) =>
      row.cloud === cloud && row.accelerator === accelerator && row.acceleratorCount === acceleratorCount,
  );
  const prices = rows.flatMap((row): number[] => {
    if (row.machineType === "") return [];
    const own = trusted(row, purchase);
    const added = trusted(addOn, purchase);
    const builtIn = row.accelerator === accelerator && row.acceleratorCount === acceleratorCount;
    if (builtIn && row.priceIncludesAccelerators === "yes") return own === undefined ? [] : [own];
    if (!builtIn && !attaches(row, limits)) return [];
    return own === undefined || added === undefined ? [] : [own + added];
  });
  return prices.length === 0 ? undefined : Math.min(...prices);
}

function attaches(row: RawRow, limits: RawRow | undefined): boolean {
  return (
    limits !== undefined &&
    row.accelerator === "" &&
    row.machineType?.startsWith(`${limits.machineFamily}-`) === true &&
    Number(row.vcpus) <= Number(limits.maximumVcpus) &&
    Number(row.memoryGib) <= Number(limits.maximumMemoryGib)
  );
}

describe("cheapestMachineType", () => {
  for (const cloud of pricedClouds) {
    for (const purchase of ["on-demand", "spot"] as const) {
      it(`is the least trusted price of every accelerator, count and region of ${cloud}, ${purchase}`, () => {
        const offered = new Set(
          rawTable(`${cloud}.csv`)
            .filter((row) => row.accelerator !== "")
            .map((row) => [row.region, row.accelerator, row.acceleratorCount].join(" ")),
        );
        let compared = 0;
        for (const key of offered) {
          const [region = "", accelerator = "", count = ""] = key.split(" ");
          const expected = bruteForceMinimum(cloud, region, accelerator, count, purchase);
          if (expected === undefined) continue;
          const [numerator = 0, denominator = 1] = count.split("/").map(Number);
          const acceleratorCount = numerator / denominator;
          const answer = cheapestMachineType({
            cloud,
            region,
            accelerator,
            acceleratorCount,
            spot: purchase === "spot",
          });
          const { price } = chosen(answer);
          assert.ok(
            typeof price.usdPerHour === "number" && Math.abs(price.usdPerHour - expected) < 1e-9,
            `${key} ${price.usdPerHour} ${expected}`,
          );
          assert.equal(price.doubtful, undefined, key);
          compared += 1;
        }
        assert.ok(compared >= 15, `only ${compared} compared`);
      });
    }
  }

  const byHand: [PricedCloud, string, string, string, number][] = [
    ["aws", "us-east-1", "t4", "g4dn.xlarge", 0.526],
    ["aws", "eu-central-1", "l4", "g6.xlarge", 1.0064],
    ["aws", "us-west-2", "h100", "p5.4xlarge", 6.88],
    ["aws", "us-east-1", "a100-40", "p4d.24xlarge", 21.957642],
    ["azure", "westeurope", "t4", "Standard_NC4as_T4_v3", 0.658],
    ["azure", "eastus", "a100-80", "Standard_NC24ads_A100_v4", 3.673],
    ["azure", "northeurope", "h200", "Standard_ND96isr_H200_v5", 101.76],
    ["gcp", "us-central1", "t4", "n1-standard-4", 0.19 + 0.35],
    ["gcp", "europe-west4", "l4", "g2-standard-4", 0.15429 + 0.58804],
    ["gcp", "us-east4", "h100", "a3-highgpu-1g", 1.18251 + 9.79655],
  ];
  for (const [cloud, region, accelerator, machineType, usdPerHour] of byHand) {
    it(`is ${machineType} for ${accelerator} in ${cloud} ${region}`, () => {
      const choice = chosen(cheapestMachineType({ cloud, region, accelerator }));
      assert.equal(choice.machineType, machineType);
      assert.equal(choice.accelerator, accelerator);
      assert.ok(
        Math.abs(Number(choice.price.usdPerHour) - usdPerHour) < 1e-9,
        String(choice.price.usdPerHour),
      );
      assert.equal(choice.price, choice.prices["on-demand"]);
    });
  }

  it("without accelerator never gives a machine with one, nor one with CPU credits unless asked", () => {
    const query = { cloud: "aws", region: "us-east-1", minimumVcpus: 2, minimumMemoryGib: 8 } as const;
    assert.equal(chosen(cheapestMachineType(query)).machineType, "m6i.large");
    assert.equal(chosen(cheapestMachineType({ ...query, burstable: true })).machineType, "t3.large");
    assert.equal(chosen(cheapestMachineType(query)).acceleratorCount, 0);
  });

  it("meets minimums of vCPUs and memory", () => {
    const query = { cloud: "gcp", region: "us-central1", accelerator: "t4", minimumVcpus: 8 } as const;
    assert.equal(chosen(cheapestMachineType(query)).machineType, "n1-standard-8");
    assert.equal(
      chosen(cheapestMachineType({ ...query, minimumMemoryGib: 50 })).machineType,
      "n1-standard-16",
    );
  });

  it("passes over a machine type without known price while another has one", () => {
    const choice = chosen(cheapestMachineType({ cloud: "aws", region: "eu-west-1", minimumVcpus: 2 }));
    assert.equal(choice.machineType, "m7i.large");
    assert.equal(choice.price.usdPerHour, 0.11235);
  });

  it("without any known spot price chooses by the on-demand price and says unknown", () => {
    const choice = chosen(
      cheapestMachineType({ cloud: "azure", region: "westeurope", accelerator: "t4", spot: true }),
    );
    assert.equal(choice.machineType, "Standard_NC4as_T4_v3");
    assert.equal(choice.price.usdPerHour, "unknown");
    assert.equal(choice.purchase, "spot");
  });

  it("gives a share of a GPU only when asked for it", () => {
    const query = { cloud: "azure", region: "eastus", accelerator: "a10" } as const;
    assert.equal(chosen(cheapestMachineType(query)).machineType, "Standard_NV36ads_A10_v5");
    const share = chosen(cheapestMachineType({ ...query, acceleratorCount: 1 / 6 }));
    assert.equal(share.machineType, "Standard_NV6ads_A10_v5");
    assert.equal(
      chosen(cheapestMachineType({ ...query, acceleratorCount: 0.167 })).machineType,
      share.machineType,
    );
  });
});

describe("doubtful prices", () => {
  it("are taken where nothing else is there, with the reason", () => {
    const choice = chosen(cheapestMachineType({ cloud: "gcp", region: "europe-west4", accelerator: "h200" }));
    assert.equal(choice.price.usdPerHour, 12.8793 + 36.60258);
    assert.match(choice.price.doubtful ?? "", /below spot/);
    const spot = chosen(
      cheapestMachineType({ cloud: "azure", region: "eastus", accelerator: "h100", spot: true }),
    );
    assert.equal(spot.price.usdPerHour, 6.98);
    assert.match(spot.price.doubtful ?? "", /equal to on-demand/);
  });

  it("give way to a second source of the same machine", () => {
    const choice = chosen(
      cheapestMachineType({ cloud: "gcp", region: "us-central1", accelerator: "h100", acceleratorCount: 8 }),
    );
    assert.equal(choice.price.usdPerHour, 88.489999902575);
    assert.equal(choice.price.doubtful, undefined);
    assert.match(choice.price.sources[0]?.source ?? "", /^Cyclenerd/);
    assert.equal(choice.prices.spot.usdPerHour, 2.88933 + 23.9408);
  });

  it("of spot do not touch on-demand", () => {
    const query = { cloud: "aws", region: "us-east-1", accelerator: "a100-40" } as const;
    assert.equal(chosen(cheapestMachineType(query)).price.doubtful, undefined);
    assert.match(
      chosen(cheapestMachineType({ ...query, spot: true })).price.doubtful ?? "",
      /less than a third/,
    );
  });
});

describe("gcp prices in parts", () => {
  it("are the sum of machine and accelerator, with the sources of both", () => {
    const choice = chosen(
      cheapestMachineType({
        cloud: "gcp",
        region: "asia-southeast1",
        accelerator: "l4",
        acceleratorCount: 4,
      }),
    );
    assert.equal(choice.machineType, "g2-standard-48");
    assert.ok(Math.abs(Number(choice.price.usdPerHour) - (2.17317 + 2.76369)) < 1e-9);
    assert.equal(choice.price.sources.length, 2);
    assert.equal(choice.acceleratorAttached, false);
  });

  it("respect the largest machine that an accelerator may be attached to", () => {
    const query = { cloud: "gcp", region: "us-central1", accelerator: "v100", acceleratorCount: 1 } as const;
    assert.equal(chosen(cheapestMachineType({ ...query, minimumVcpus: 8 })).acceleratorAttached, true);
    const answer = refused(cheapestMachineType({ ...query, minimumVcpus: 16 }));
    assert.equal(answer.reason, "no-machine-large-enough");
    assert.equal(answer.machineTypes[0], "n1-standard-8");
  });
});

describe("refusals", () => {
  it("name the regions that have the accelerator and the nearest ones by memory", () => {
    const answer = refused(cheapestMachineType({ cloud: "aws", region: "eu-west-1", accelerator: "l4" }));
    assert.equal(answer.reason, "accelerator-not-in-region");
    assert.deepEqual(answer.regions, ["eu-central-1", "us-east-1", "us-west-2"]);
    assert.deepEqual(
      answer.nearestAccelerators.map(({ accelerator }) => accelerator),
      ["a10g", "t4", "a100-40"],
    );
    assert.match(
      refusalMessage(answer),
      /no machine type with accelerator l4 in eu-west-1; regions with it: eu-central-1/,
    );
  });

  it("say when the cloud has none at all", () => {
    const answer = refused(cheapestMachineType({ cloud: "azure", region: "eastus", accelerator: "l4" }));
    assert.equal(answer.reason, "accelerator-not-in-cloud");
    assert.deepEqual(answer.regions, []);
    assert.equal(answer.nearestAccelerators[0]?.accelerator, "a10");
  });

  it("list the accelerators for a name that is not known", () => {
    const answer = refused(cheapestMachineType({ cloud: "aws", region: "us-east-1", accelerator: "A100" }));
    assert.equal(answer.reason, "unknown-accelerator");
    assert.match(
      refusalMessage(answer),
      /accelerator "A100" is not known; accelerators there: t4 \(16 GiB.*b200/,
    );
  });

  it("list the regions for one that is not in the table", () => {
    const answer = refused(cheapestMachineType({ cloud: "gcp", region: "mars-north1" }));
    assert.equal(answer.reason, "region-not-in-table");
    assert.deepEqual(answer.regions, regions("gcp"));
  });

  it("list the counts for one that no machine has", () => {
    const answer = refused(
      cheapestMachineType({ cloud: "aws", region: "us-east-1", accelerator: "a100-80", acceleratorCount: 1 }),
    );
    assert.equal(answer.reason, "no-such-accelerator-count");
    assert.deepEqual(answer.counts, [8]);
    assert.match(refusalMessage(answer), /exactly 1 × a100-80; counts there: 8/);
  });

  it("name the largest machines where none is large enough", () => {
    const answer = refused(
      cheapestMachineType({ cloud: "azure", region: "eastus", minimumVcpus: 64, minimumMemoryGib: 1 }),
    );
    assert.equal(answer.reason, "no-machine-large-enough");
    assert.match(refusalMessage(answer), /has 64 vCPUs and 1 GiB of memory; largest there: Standard_D16s_v5/);
  });
});

describe("findMachineType", () => {
  it("gives the accelerators that are built in", () => {
    const choice = chosen(findMachineType({ cloud: "aws", region: "us-east-1", machineType: "g5.12xlarge" }));
    assert.equal(choice.accelerator, "a10g");
    assert.equal(choice.acceleratorCount, 4);
  });

  it("attaches an accelerator only when it is asked for", () => {
    const query = { cloud: "gcp", region: "us-central1", machineType: "n1-standard-8" } as const;
    assert.equal(chosen(findMachineType(query)).accelerator, undefined);
    const withOne = chosen(findMachineType({ ...query, accelerator: "t4" }));
    assert.deepEqual(
      [withOne.accelerator, withOne.acceleratorCount, withOne.acceleratorAttached],
      ["t4", 1, true],
    );
    assert.equal(
      chosen(findMachineType({ ...query, accelerator: "t4", acceleratorCount: 2 })).price.usdPerHour,
      0.38 + 0.7,
    );
  });

  it("names machine types that have the accelerator which this one lacks", () => {
    const query = {
      cloud: "aws",
      region: "us-east-1",
      machineType: "m6i.xlarge",
      accelerator: "h100",
    } as const;
    const answer = refused(findMachineType(query));
    assert.equal(answer.reason, "machine-type-without-accelerator");
    assert.deepEqual(answer.machineTypes, ["p5.48xlarge", "p5.4xlarge"]);
    assert.match(
      refusalMessage(answer),
      /machine type m6i.xlarge does not have h100; machine types with it there: p5/,
    );
  });

  it("refuses another count than the machine type has", () => {
    const query = {
      cloud: "aws",
      region: "us-east-1",
      machineType: "g4dn.xlarge",
      accelerator: "t4",
      acceleratorCount: 4,
    } as const;
    const answer = refused(findMachineType(query));
    assert.deepEqual(answer.machineTypes, ["g4dn.12xlarge"]);
    assert.match(refusalMessage(answer), /does not have 4 × t4/);
  });

  it("names the regions of a machine type that this one lacks", () => {
    const answer = refused(
      findMachineType({ cloud: "aws", region: "ap-southeast-1", machineType: "g6.xlarge" }),
    );
    assert.equal(answer.reason, "machine-type-not-in-region");
    assert.deepEqual(answer.regions, ["eu-central-1", "us-east-1", "us-west-2"]);
  });

  it("says so when the table does not know the machine type", () => {
    const answer = refused(findMachineType({ cloud: "aws", region: "us-east-1", machineType: "m9z.giant" }));
    assert.equal(answer.reason, "machine-type-not-in-table");
    assert.ok(answer.machineTypes.includes("m6i.large"));
  });

  it("takes a share of a GPU, because it is named", () => {
    const query = {
      cloud: "azure",
      region: "eastus",
      machineType: "Standard_NV6ads_A10_v5",
      accelerator: "a10",
    } as const;
    assert.equal(chosen(findMachineType(query)).acceleratorCount, 1 / 6);
  });
});
