import assert from "node:assert/strict";
import { createSlowTargets } from "../../../runtime/routing/slow-targets.ts";

describe("createSlowTargets", () => {
  function start() {
    let time = 0;
    const slow = createSlowTargets({ p95Seconds: 0.1, restSeconds: 10 }, () => time);
    const answer = (count: number, seconds: number) => {
      for (let index = 0; index < count; index += 1) slow.answered("a", seconds);
    };
    return {
      slow,
      answer,
      pass: (seconds: number) => {
        time += seconds * 1000;
      },
    };
  }

  it("rests a target whose 95th percentile is beyond the limit, then tries it with a clean record", () => {
    const { slow, answer, pass } = start();
    answer(95, 0.01);
    answer(5, 1);
    assert.equal(slow.isResting("a"), false);
    answer(1, 1);
    assert.equal(slow.isResting("a"), true);
    assert.equal(slow.isResting("b"), false);
    pass(10);
    assert.equal(slow.isResting("a"), false);
    answer(19, 1);
    assert.equal(slow.isResting("a"), false);
    answer(1, 1);
    assert.equal(slow.isResting("a"), true);
  });

  it("forgets all but the last hundred answers", () => {
    const { slow, answer } = start();
    answer(19, 0.01);
    answer(1, 1);
    answer(99, 0.01);
    answer(5, 1);
    assert.equal(slow.isResting("a"), false);
  });
});
