import assert from "node:assert/strict";
import { buildOffers } from "../../pricing/machine-offers.ts";
import type { MachineRow } from "../../pricing/machine-rows.ts";

const base: MachineRow = {
  cloud: "gcp",
  machineType: "a9-test-1g",
  vcpus: 4,
  memoryGib: 16,
  accelerator: "l4",
  acceleratorCount: 1,
  priceIncludesAccelerators: false,
  burstable: false,
  region: "here",
  onDemandUsdPerHour: 1,
  spotUsdPerHour: 0.5,
  source: "test",
  commit: "",
  retrieved: "2026-11-21",
  doubtful: {},
};
const { machineType: _, ...withoutMachine } = base;
const accelerator = { ...withoutMachine, machineType: undefined, onDemandUsdPerHour: 2 } as MachineRow;
const whole: MachineRow = {
  ...base,
  priceIncludesAccelerators: true,
  onDemandUsdPerHour: 5,
  source: "second",
};

describe("buildOffers", () => {
  it("is unknown where the accelerator has no row in the region", () => {
    const elsewhere = { ...accelerator, region: "there" };
    assert.equal(buildOffers([base, elsewhere], [])[0]?.prices["on-demand"].usdPerHour, "unknown");
  });

  it("is unknown where one part is unknown", () => {
    const [offer] = buildOffers([base, { ...accelerator, spotUsdPerHour: "unknown" }], []);
    assert.equal(offer?.prices.spot.usdPerHour, "unknown");
    assert.equal(offer?.prices["on-demand"].usdPerHour, 3);
  });

  it("prefers parts and whole in their order, unless one is doubtful or unknown", () => {
    const onDemand = (rows: MachineRow[]) => buildOffers(rows, [])[0]?.prices["on-demand"].usdPerHour;
    assert.equal(onDemand([base, accelerator, whole]), 3);
    assert.equal(onDemand([base, { ...accelerator, doubtful: { onDemand: "low" } }, whole]), 5);
    assert.equal(onDemand([base, { ...accelerator, doubtful: { spot: "high" } }, whole]), 3);
    assert.equal(onDemand([base, { ...accelerator, onDemandUsdPerHour: "unknown" }, whole]), 5);
    const bothDoubtful = { ...whole, doubtful: { onDemand: "old" } };
    assert.equal(onDemand([base, { ...accelerator, doubtful: { onDemand: "low" } }, bothDoubtful]), 3);
  });

  it("makes one offer of a machine type and region however many rows tell of it", () => {
    assert.equal(buildOffers([base, accelerator, whole], []).length, 1);
    assert.equal(buildOffers([base, { ...base, region: "there" }, accelerator], []).length, 2);
  });
});
