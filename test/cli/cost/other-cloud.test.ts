import assert from "node:assert/strict";
import type { StackConfiguration } from "../../../cli/check/stack-configuration.ts";
import { variantOn } from "../../../cli/cost/other-cloud.ts";

function config(gpuPools: object[], more: Record<string, string> = {}): StackConfiguration {
  const values = {
    "aws:region": "us-east-1",
    "skyloom:cloud": "aws",
    "skyloom:region": "us-east-1",
    "skyloom:environment": "production",
    "skyloom:gpuPools": JSON.stringify(gpuPools),
    ...more,
  };
  return { values, secretKeys: [] };
}

describe("variantOn", () => {
  it("leaves a stack on its own cloud as it is", () => {
    const own = config([{ name: "l4", accelerator: "l4", machineType: "g6.xlarge" }]);
    assert.deepEqual(variantOn("aws", own), { cloud: "aws", region: "us-east-1", config: own, lacks: [] });
  });

  it("keeps sizes and accelerators and leaves machine types, zones and accounts to the other cloud", () => {
    const pool = {
      name: "l4",
      accelerator: "l4",
      count: 1,
      maximum: 4,
      machineType: "g6.xlarge",
      zones: ["us-east-1a"],
    };
    const general = JSON.stringify({ minimum: 2, maximum: 5, machineType: "m6i.xlarge" });
    const own = config([pool], { "skyloom:generalPool": general, "skyloom:clusterAdmins": '["arn:x"]' });
    const { region, config: other, lacks } = variantOn("gcp", own);
    assert.equal(region, "us-east4");
    assert.deepEqual(lacks, []);
    assert.deepEqual(other.values, {
      "skyloom:cloud": "gcp",
      "skyloom:region": "us-east4",
      "skyloom:environment": "production",
      "skyloom:gpuPools": '[{"name":"l4","accelerator":"l4","count":1,"maximum":4}]',
      "skyloom:generalPool": '{"minimum":2,"maximum":5}',
      "gcp:project": "skyloom-compare",
      "gcp:region": "us-east4",
    });
  });

  it("says which accelerator a cloud lacks, with the nearest", () => {
    const { config: other, lacks } = variantOn(
      "azure",
      config([
        { name: "l4", accelerator: "l4" },
        { name: "t4", accelerator: "t4" },
      ]),
    );
    assert.equal(other.values["skyloom:gpuPools"], '[{"name":"t4","accelerator":"t4"}]');
    assert.deepEqual(
      lacks.map(({ pool }) => pool),
      ["l4"],
    );
    assert.match(lacks[0]?.why ?? "", /no machine type with accelerator l4.*nearest accelerators there: a10/);
  });

  it("takes the region that is named, and wants one where none is near", () => {
    assert.equal(variantOn("gcp", config([]), "us-central1").region, "us-central1");
    assert.equal(variantOn("aws", config([]), "eu-west-1").config.values["aws:region"], "eu-west-1");
    const odd = config([], { "skyloom:region": "sa-east-1" });
    assert.throws(
      () => variantOn("gcp", odd),
      /no region of gcp is known to be near sa-east-1: name one with --region gcp=REGION/,
    );
  });
});
