import assert from "node:assert/strict";
import { cheapestMachineType, type MachineTypeChoice } from "../../pricing/machine-types.ts";
import { formatUsd, hoursPerMonth, monthlyCost, type NodePoolUse } from "../../pricing/monthly-cost.ts";
import { servicePrice } from "../../pricing/service-prices.ts";

function pool(query: Parameters<typeof cheapestMachineType>[0], nodes: NodePoolUse["nodes"]): NodePoolUse {
  const machine = cheapestMachineType(query);
  assert.equal(machine.kind, "choice");
  return {
    name: "gpu",
    machine: machine as MachineTypeChoice,
    purchase: query.spot ? "spot" : "on-demand",
    nodes,
  };
}

const t4 = { cloud: "aws", region: "us-east-1", accelerator: "t4" } as const;
const aws = { cloud: "aws", region: "us-east-1", services: [] } as const;

describe("monthlyCost", () => {
  it("counts 730 hours a month, as 365 × 24 / 12", () => {
    assert.equal(hoursPerMonth, (365 * 24) / 12);
  });

  it("prices a node pool at its smallest, expected and largest size, both ways of buying", () => {
    const cost = monthlyCost({ ...aws, nodePools: [pool(t4, { minimum: 0, expected: 1, maximum: 4 })] });
    const [item] = cost.items;
    assert.equal(item?.unitPrice, 0.526);
    assert.deepEqual(item?.quantity, { minimum: 0, expected: 730, maximum: 2920 });
    assert.deepEqual(item?.monthlyUsd, { minimum: 0, expected: 730 * 0.526, maximum: 2920 * 0.526 });
    assert.equal(item?.otherPurchase?.purchase, "spot");
    assert.equal(item?.otherPurchase?.monthlyUsd.expected, 730 * 0.2);
    assert.deepEqual(cost.total, {
      minimum: 0,
      expected: 730 * 0.526,
      maximum: 2920 * 0.526,
      unknownItems: [],
      doubtfulItems: [],
    });
  });

  it("adds services at their unit price, with source and day", () => {
    const services = [
      { service: "control-plane-standard", quantity: hoursPerMonth },
      { service: "nat-gateway", quantity: 2 * hoursPerMonth },
      { service: "bucket-storage", quantity: { minimum: 0, expected: 100, maximum: 1000 } },
    ];
    const { items, total } = monthlyCost({ ...aws, nodePools: [], services });
    assert.equal(items[0]?.monthlyUsd.expected, 73);
    assert.equal(items[1]?.monthlyUsd.expected, 2 * 730 * 0.045);
    assert.equal(items[2]?.monthlyUsd.maximum, 23);
    assert.ok(Math.abs(total.expected - (73 + 65.7 + 2.3)) < 1e-9);
    for (const { source } of items) assert.match(source[0]?.retrieved ?? "", /^2026-/);
  });

  it("reports an unknown price as unknown, never as 0, and keeps it out of the total", () => {
    const spot = pool(
      { cloud: "azure", region: "westeurope", accelerator: "t4", spot: true },
      { minimum: 0, expected: 2, maximum: 2 },
    );
    const services = [{ service: "control-plane-standard", quantity: hoursPerMonth }];
    const { items, total } = monthlyCost({
      cloud: "azure",
      region: "westeurope",
      nodePools: [spot],
      services,
    });
    assert.deepEqual(items[0]?.monthlyUsd, { minimum: 0, expected: "unknown", maximum: "unknown" });
    assert.deepEqual(total.unknownItems, ["node pool gpu (Standard_NC4as_T4_v3, spot)"]);
    assert.equal(total.expected, 73);
    assert.equal(items[0]?.otherPurchase?.monthlyUsd.expected, 2 * 730 * 0.658);
  });

  it("reports a quantity that depends on use, and a service that is not in the table, as unknown", () => {
    const services = [
      { service: "queue-requests", quantity: "unknown" as const },
      { service: "moon-base", quantity: 1 },
    ];
    const { items, total } = monthlyCost({ ...aws, nodePools: [], services });
    assert.equal(items[0]?.unitPrice, 0.4);
    assert.equal(items[0]?.monthlyUsd.expected, "unknown");
    assert.equal(items[1]?.unitPrice, "unknown");
    assert.deepEqual(total.unknownItems, ["queue-requests", "moon-base"]);
    assert.equal(total.maximum, 0);
  });

  it("names items whose price is doubtful", () => {
    const h200 = pool(
      { cloud: "gcp", region: "europe-west4", accelerator: "h200" },
      { minimum: 1, expected: 1, maximum: 1 },
    );
    const { items, total } = monthlyCost({
      cloud: "gcp",
      region: "europe-west4",
      nodePools: [h200],
      services: [],
    });
    assert.deepEqual(total.doubtfulItems, [items[0]?.item]);
    assert.match(items[0]?.doubtful ?? "", /below spot/);
  });

  it("keeps amounts unrounded and rounds only for display", () => {
    const cost = monthlyCost({ ...aws, nodePools: [pool(t4, { minimum: 3, expected: 3, maximum: 3 })] });
    assert.equal(cost.total.expected, 3 * 730 * 0.526);
    assert.equal(formatUsd(cost.total.expected), "$1,151.94");
    assert.equal(formatUsd("unknown"), "unknown");
  });
});

describe("servicePrice", () => {
  it("takes the region's own row, else the row of every other region", () => {
    assert.equal(servicePrice("gcp", "bucket-storage", "us-east4").unitPriceUsd, 0.023);
    assert.equal(servicePrice("gcp", "bucket-storage", "us-west1").unitPriceUsd, "unknown");
    assert.equal(servicePrice("aws", "control-plane-standard", "eu-west-1").unitPriceUsd, 0.1);
  });

  it("knows a control plane that costs nothing", () => {
    assert.equal(servicePrice("azure", "control-plane-free", "eastus").unitPriceUsd, 0);
  });
});
