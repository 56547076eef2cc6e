import assert from "node:assert/strict";
import { loadAttachableAccelerators, loadMachineTypes } from "../../pricing/machine-rows.ts";
import { loadQuotaFamilies } from "../../pricing/quota-families.ts";
import { loadReservations } from "../../pricing/reservations.ts";
import { pricedClouds } from "../../pricing/row-schema.ts";
import { loadServicePrices } from "../../pricing/service-prices.ts";
import { rawTable } from "./tables.ts";

const loaders = {
  "aws.csv": () => loadMachineTypes("aws"),
  "azure.csv": () => loadMachineTypes("azure"),
  "gcp.csv": () => loadMachineTypes("gcp"),
  "services.csv": loadServicePrices,
  "quota-families.csv": loadQuotaFamilies,
  "reservations.csv": loadReservations,
  "attachable-accelerators.csv": loadAttachableAccelerators,
};

describe("tables of pricing/data", () => {
  for (const [name, load] of Object.entries(loaders)) {
    it(`${name}: every row passes its schema and has a source and a day`, () => {
      const rows = load();
      assert.equal(rows.length, rawTable(name).length);
      assert.ok(rows.length > 10);
      for (const row of rows) {
        assert.match(row.retrieved, /^20\d\d-[01]\d-[0-3]\d$/);
        assert.ok(row.source.length > 0);
      }
    });
  }

  it("gives a commit to every price that comes from a repository", () => {
    for (const name of Object.keys(loaders)) {
      for (const row of rawTable(name)) {
        if (/^[\w-]+\/[\w.-]+:/.test(row.source ?? ""))
          assert.match(row.commit ?? "", /^[0-9a-f]{40}/, `${name}: ${row.source}`);
      }
    }
  });

  it("never gives a machine or an accelerator the price 0", () => {
    for (const cloud of pricedClouds) {
      for (const row of rawTable(`${cloud}.csv`)) {
        assert.notEqual(Number(row.onDemandUsdPerHour || "1"), 0);
        assert.notEqual(Number(row.spotUsdPerHour || "1"), 0);
      }
    }
  });

  it("keeps one row per machine type, region and way of pricing", () => {
    for (const cloud of pricedClouds) {
      const keys = rawTable(`${cloud}.csv`).map(
        ({ machineType, region, accelerator, acceleratorCount, priceIncludesAccelerators }) =>
          [machineType, region, accelerator, acceleratorCount, priceIncludesAccelerators].join(" "),
      );
      assert.equal(new Set(keys).size, keys.length, cloud);
    }
  });

  it("marks every spot price that is not below its on-demand price", () => {
    for (const cloud of pricedClouds) {
      for (const row of rawTable(`${cloud}.csv`)) {
        if (row.onDemandUsdPerHour === "" || row.spotUsdPerHour === "") continue;
        if (Number(row.spotUsdPerHour) >= Number(row.onDemandUsdPerHour))
          assert.match(row.doubtful ?? "", /spot: /);
      }
    }
  });

  it("marks on-demand prices that differ more than twofold between regions of one cloud", () => {
    for (const cloud of pricedClouds) {
      const trustedByKey = new Map<string, number[]>();
      for (const row of rawTable(`${cloud}.csv`)) {
        if (row.onDemandUsdPerHour === "" || row.doubtful?.includes("on-demand: ")) continue;
        const key = [
          row.machineType,
          row.accelerator,
          row.acceleratorCount,
          row.priceIncludesAccelerators,
        ].join(" ");
        trustedByKey.set(key, [...(trustedByKey.get(key) ?? []), Number(row.onDemandUsdPerHour)]);
      }
      for (const [key, prices] of trustedByKey) {
        assert.ok(Math.max(...prices) <= 2 * Math.min(...prices), `${cloud} ${key}: ${prices}`);
      }
    }
  });
});
