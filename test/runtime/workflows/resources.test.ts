import assert from "node:assert/strict";
import {
  formatAmount,
  parseBytes,
  parseCores,
  resourcesSchema,
} from "../../../runtime/workflows/resources.ts";

describe("resources of a task", () => {
  it("reads bytes and cores as people write them", () => {
    const bytes = ["4Gi", "4G", "1.5Ki", "10", "0", "4GB", "Gi", "-1", "1e3", ""].map(parseBytes);
    assert.deepEqual(bytes, [
      4 * 2 ** 30,
      4e9,
      1536,
      10,
      0,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    assert.deepEqual(["2", "0.5", "250m", "2k", "m"].map(parseCores), [2, 0.5, 0.25, undefined, undefined]);
  });

  it("writes amounts as they are read", () => {
    assert.equal(formatAmount("memory", 6 * 2 ** 30), "6Gi");
    assert.equal(formatAmount("storage", 500), "500");
    assert.equal(formatAmount("cpu", 0.1 + 0.2), "0.3");
    assert.equal(formatAmount("gpu", 3), "3");
  });

  it("makes a range of every amount", () => {
    const parsed = resourcesSchema.parse({
      cpu: "500m",
      memory: { minimum: "1Gi", maximum: 2 ** 31 },
      gpu: { minimum: 3, maximum: 4 },
      gpuType: "l4",
      network: 100,
      pool: "farm",
    });
    assert.deepEqual(parsed, {
      cpu: { minimum: 0.5, maximum: 0.5 },
      memory: { minimum: 2 ** 30, maximum: 2 ** 31 },
      gpu: { minimum: 3, maximum: 4 },
      gpuType: "l4",
      network: { minimum: 100, maximum: 100 },
      pool: "farm",
    });
  });

  it("tells every problem with what is allowed", () => {
    const { error } = resourcesSchema.safeParse({
      cpu: "2 cores",
      memory: "4GB",
      gpu: { minimum: 4, maximum: 3 },
      storage: { minimum: 1 },
      network: -1,
      gpus: 1,
    });
    assert.deepEqual(
      error?.issues.map(({ path, message }) => `${path.join(".")}: ${message.split(/[,:;]/)[0]}`),
      [
        "cpu: must be cores",
        'memory: must be bytes as a whole number or as text such as "4Gi"',
        "gpu: minimum must not be above maximum",
        'storage: must be bytes as a whole number or as text such as "4Gi"',
        "network: Too small",
        ': unknown key "gpus"',
      ],
    );
    assert.match(
      resourcesSchema.safeParse({ gpuType: "x" }).error?.issues[0]?.message ?? "",
      /needs "gpu" beside it/,
    );
  });
});
