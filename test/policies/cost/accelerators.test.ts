import assert from "node:assert/strict";
import { acceleratorByGoogleName, acceleratorOf } from "../../../policies/cost/accelerators.ts";
import { accelerators } from "../../../pricing/accelerators.ts";
import { machineOffers } from "../../../pricing/machine-offers.ts";
import { pricedClouds } from "../../../pricing/row-schema.ts";

describe("accelerators of machine types", () => {
  for (const cloud of pricedClouds)
    it(`are those of the price table of ${cloud}`, () => {
      const builtIn = machineOffers(cloud).filter((offer) => !offer.acceleratorAttached);
      assert.ok(builtIn.length > 10);
      const wrong = builtIn.filter(
        ({ machineType, accelerator }) => acceleratorOf(machineType) !== accelerator,
      );
      assert.deepEqual(
        [...new Set(wrong.map(({ machineType, accelerator }) => `${machineType}: ${accelerator}`))],
        [],
      );
    });

  it("have their names in Google Cloud from the same list", () => {
    for (const { name, cloudNames } of accelerators)
      if (cloudNames.gcp !== undefined) assert.equal(acceleratorByGoogleName(cloudNames.gcp), name);
    assert.equal(acceleratorByGoogleName("nvidia-new"), "nvidia-new");
  });

  it("are named by the machine type where the table does not know them", () => {
    assert.equal(acceleratorOf("g99.xlarge"), "g99.xlarge");
    assert.equal(acceleratorOf("inf2.xlarge"), "inf2.xlarge");
    assert.equal(acceleratorOf("Standard_ND999_v9"), "Standard_ND999_v9");
    assert.equal(acceleratorOf("a9-highgpu-8g"), "a9-highgpu-8g");
    for (const plain of [
      "m6i.large",
      "c7g.large",
      "r5.large",
      "Standard_D4as_v5",
      "e2-standard-4",
      "n2-highmem-8",
    ])
      assert.equal(acceleratorOf(plain), undefined, plain);
  });
});
