import assert from "node:assert/strict";
import { routeSchema, type SplitRoute } from "../../../runtime/routing/route.ts";
import { chooseBySplit } from "../../../runtime/routing/split.ts";
import { seededRandom } from "./seeded-random.ts";

const targets = { a: { model: "a" }, b: { model: "b" }, c: { model: "c" } };
const split = (weights: Record<string, number>) =>
  routeSchema.parse({ kind: "split", targets, weights }) as SplitRoute;

describe("chooseBySplit", () => {
  it("gives each target the share of its weight, and nothing to one without", () => {
    const random = seededRandom(1);
    const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
    for (let request = 0; request < 10_000; request += 1)
      (counts[chooseBySplit(split({ a: 9, b: 1 }), random)] as number) += 1;
    assert.equal(counts.c, 0);
    assert.ok(Math.abs((counts.a as number) / 10_000 - 0.9) < 0.01, `a got ${counts.a}`);
  });

  it("finds a target at both ends of the random numbers", () => {
    assert.equal(
      chooseBySplit(split({ a: 0, b: 1, c: 1 }), () => 0),
      "b",
    );
    assert.equal(
      chooseBySplit(split({ a: 0.1, b: 0.2, c: 0 }), () => 1 - 2 ** -53),
      "b",
    );
  });
});
