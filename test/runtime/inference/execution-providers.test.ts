import assert from "node:assert/strict";
import { executionProvidersSchema, providersOf } from "../../../runtime/inference/execution-providers.ts";

describe("execution providers", () => {
  it("reads them in order, with their devices, which workers take in turn", () => {
    const providers = executionProvidersSchema.parse("tensorrt:1, cuda:0-2,cpu");
    assert.deepEqual(providers, [
      { name: "tensorrt", deviceIds: [1] },
      { name: "cuda", deviceIds: [0, 1, 2] },
      { name: "cpu", deviceIds: [] },
    ]);
    assert.deepEqual(
      [0, 1, 2, 3].map((worker) => providersOf(providers, worker)[1]?.deviceId),
      [0, 1, 2, 0],
    );
    assert.deepEqual(providersOf(executionProvidersSchema.parse("cuda,cpu"), 5), [
      { name: "cuda" },
      { name: "cpu" },
    ]);
  });

  it("refuses what is none, naming what is allowed", () => {
    for (const text of ["", "gpu", "cpu:0", "cuda:", "cuda:3-1", "cuda,,cpu", "cuda:-1"]) {
      const { error } = executionProvidersSchema.safeParse(text);
      assert.match(error?.message ?? "", /allowed are cpu, cuda, tensorrt/, text);
    }
  });
});
