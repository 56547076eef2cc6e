import assert from "node:assert/strict";
import { parseCpuList } from "../../../bench/inference/cores.ts";
import { makePlan } from "../../../bench/inference/plan.ts";

describe("the plan of bench:inference", () => {
  it("has one encoding a model and two concurrencies where it must be quick", () => {
    const plan = makePlan({ quick: true, models: ["tiny", "convolutional"] });
    assert.deepEqual(
      plan.map(({ model, encodings, concurrencies }) => [model, encodings, concurrencies]),
      [
        ["tiny", ["json"], [8, 64]],
        ["convolutional", ["binary"], [8, 64]],
      ],
    );
  });

  it("has everything otherwise, and holds the larger models to one processor", () => {
    const plan = makePlan({ quick: false, models: ["tiny", "encoder"] });
    for (const { encodings, concurrencies } of plan)
      assert.deepEqual(
        [encodings, concurrencies],
        [
          ["json", "binary"],
          [1, 8, 64],
        ],
      );
    assert.deepEqual(
      plan.map(({ isPinned, seconds }) => [isPinned, seconds]),
      [
        [false, 4],
        [true, 10],
      ],
    );
  });

  it("takes shorter and fewer turns where they are asked for", () => {
    const [plan] = makePlan({ quick: false, models: ["tiny"], seconds: 0.4, rounds: 1 });
    assert.deepEqual([plan?.seconds, plan?.warmUpSeconds, plan?.rounds], [0.4, 0.1, 1]);
  });

  it("reads lists of processors as Linux writes them", () => {
    assert.deepEqual(parseCpuList("0-2,7"), [0, 1, 2, 7]);
    assert.deepEqual(parseCpuList("3"), [3]);
    assert.deepEqual(parseCpuList(""), []);
  });
});
