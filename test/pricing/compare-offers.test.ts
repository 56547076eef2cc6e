import assert from "node:assert/strict";
import { compareOffers } from "../../pricing/compare-offers.ts";
import type { HourlyPrice, MachineOffer } from "../../pricing/machine-offers.ts";

function price(usdPerHour: HourlyPrice["usdPerHour"], doubtful?: string): HourlyPrice {
  return { usdPerHour, sources: [], ...(doubtful === undefined ? {} : { doubtful }) };
}

function offer(
  machineType: string,
  onDemand: HourlyPrice,
  spot: HourlyPrice,
  vcpus = 4,
  memoryGib = 16,
): MachineOffer {
  return {
    cloud: "aws",
    region: "here",
    machineType,
    vcpus,
    memoryGib,
    burstable: false,
    acceleratorCount: 0,
    acceleratorAttached: false,
    prices: { "on-demand": onDemand, spot },
  };
}

function order(purchase: "on-demand" | "spot", ...offers: MachineOffer[]): string {
  const sorted = offers.toSorted(compareOffers(purchase)).map(({ machineType }) => machineType);
  assert.deepEqual(
    offers
      .toReversed()
      .toSorted(compareOffers(purchase))
      .map(({ machineType }) => machineType),
    sorted,
  );
  return sorted.join(" ");
}

describe("compareOffers", () => {
  it("puts a trusted price before a cheaper doubtful one, and both before an unknown one", () => {
    const trusted = offer("trusted", price(3), price(1));
    const doubtful = offer("doubtful", price(1, "low"), price(1));
    const unknown = offer("unknown", price("unknown"), price(0.1));
    assert.equal(order("on-demand", unknown, doubtful, trusted), "trusted doubtful unknown");
  });

  it("puts the cheaper of two trusted and of two doubtful prices first", () => {
    assert.equal(
      order("on-demand", offer("dear", price(2), price(1)), offer("cheap", price(1), price(1))),
      "cheap dear",
    );
    const dear = offer("dear", price(2, "odd"), price(1));
    assert.equal(order("on-demand", dear, offer("cheap", price(1, "odd"), price(1))), "cheap dear");
  });

  it("lets the other purchase decide between unknown prices", () => {
    const dear = offer("dear", price(2), price("unknown"));
    assert.equal(order("spot", dear, offer("cheap", price(1), price("unknown"))), "cheap dear");
  });

  it("breaks ties by vCPUs, memory and name", () => {
    const tied = [
      offer("b", price(1), price(1)),
      offer("a", price(1), price(1)),
      offer("0-more-memory", price(1), price(1), 4, 32),
      offer("0-more-vcpus", price(1), price(1), 8, 8),
    ];
    assert.equal(order("on-demand", ...tied), "a b 0-more-memory 0-more-vcpus");
  });
});
