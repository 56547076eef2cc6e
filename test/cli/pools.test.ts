import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { describePool } from "../../cli/commands/pools.ts";

describe("skyloom pools", () => {
  const amounts = { cpu: 4, memory: 2 ** 34, gpus: { l4: 2 } };
  const lines = (text: string) => stripVTControlCharacters(text).split("\n");

  it("tells what there is, who holds some and who waits", () => {
    const text = describePool({
      name: "default",
      total: amounts,
      largest: amounts,
      holders: [{ run: "run-1", workflow: "sales", task: "train", grant: { cpu: 2, gpu: 1, gpuType: "l4" } }],
      waiting: [
        {
          run: "run-2",
          workflow: "other",
          task: "fit",
          priority: 0,
          resources: { cpu: { minimum: 1, maximum: 4 }, memory: { minimum: 2 ** 30, maximum: 2 ** 30 } },
        },
      ],
    });
    assert.deepEqual(lines(text), [
      "default: cpu 4, memory 16Gi, gpu/l4 2",
      "       RUN    WORKFLOW  TASK   RESOURCES",
      "holds  run-1  sales     train  cpu 2, gpu 1",
      "waits  run-2  other     fit    cpu 1 to 4, memory 1Gi",
    ]);
  });

  it("says where nothing is limited", () => {
    const pool = { total: { gpus: {} }, largest: { gpus: {} }, holders: [], waiting: [] };
    assert.deepEqual(lines(describePool({ name: "x", ...pool })), [
      "x: nothing is known of it, so nothing is limited",
    ]);
  });
});
