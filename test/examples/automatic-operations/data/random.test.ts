import assert from "node:assert/strict";
import { createRandom } from "../../../../examples/automatic-operations/data/random.ts";

const many = (name: string, draw: (random: ReturnType<typeof createRandom>) => number, count = 20_000) => {
  const random = createRandom(name);
  return Array.from({ length: count }, () => draw(random));
};
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("createRandom", () => {
  it("gives the same stream for the same name and another one for another", () => {
    const stream = (name: string) => many(name, (random) => random.uniform(0, 1), 50);
    assert.deepEqual(stream("7/a"), stream("7/a"));
    assert.notDeepEqual(stream("7/a"), stream("7/b"));
  });

  it("is uniform", () => {
    const values = many("uniform", (random) => random.uniform(2, 4));
    assert.ok(Math.min(...values) >= 2 && Math.max(...values) < 4);
    for (const part of [2, 2.5, 3, 3.5]) {
      const share = values.filter((value) => value >= part && value < part + 0.5).length / values.length;
      assert.ok(Math.abs(share - 0.25) < 0.015, `${share} between ${part} and ${part + 0.5}`);
    }
  });

  it("is normal with mean 0 and deviation 1", () => {
    const values = many("normal", (random) => random.normal());
    assert.ok(Math.abs(mean(values)) < 0.03);
    assert.ok(Math.abs(mean(values.map((value) => value * value)) - 1) < 0.04);
  });

  it("draws as often from each power of ten", () => {
    const values = many("log", (random) => random.logUniform(1, 100));
    assert.ok(Math.abs(values.filter((value) => value < 10).length / values.length - 0.5) < 0.02);
  });

  it("shuffles without losing anything and leaves the original alone", () => {
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    const shuffled = createRandom("shuffle").shuffled(items);
    assert.notDeepEqual(shuffled, items);
    assert.deepEqual([...shuffled].sort(), items);
  });

  it("says that there is nothing to pick", () => {
    assert.throws(() => createRandom("x").pick([]), /the list is empty/);
  });
});
