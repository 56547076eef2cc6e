import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { learnRule } from "../../../bench/planner/learn-rule.ts";
import { FEATURES } from "../../../runtime/planning/learned-rule/features.ts";
import learned from "../../../runtime/planning/learned-rule/model.json" with { type: "json" };

const small = {
  problems: 12,
  schedules: 200,
  pairsEach: 100,
  units: 4,
  epochs: 10,
  learningRate: 0.1,
  seed: 5,
};

describe("learnRule", () => {
  it("gives the same model for the same seed, and orders pairs it has not seen better than chance", async () => {
    const first = await learnRule(small);
    assert.deepEqual(await learnRule(small), first);
    assert(first.provenance.accuracyOnOthers > 0.55, `${first.provenance.accuracyOnOthers}`);
  });

  it("has the shape of the model that is kept, whose provenance names its script", () => {
    const { model, provenance } = learned;
    assert.equal(model.hidden.length, provenance.units);
    assert.equal(model.bias.length, provenance.units);
    assert.equal(model.output.length, provenance.units);
    for (const row of model.hidden) assert.equal(row.length, FEATURES.length);
    assert(existsSync(fileURLToPath(new URL(`../../../${provenance.script}`, import.meta.url))));
  });
});
