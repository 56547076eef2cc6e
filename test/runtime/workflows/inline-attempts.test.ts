import assert from "node:assert/strict";
import type { AttemptResult } from "../../../runtime/workflows/attempt.ts";
import { InlineAttempts } from "../../../runtime/workflows/inline-attempts.ts";

const times = { startedAt: 0, finishedAt: 0 };
const resultOf = (text: string): AttemptResult => ({ ...times, outputs: { text } });

/** An attempt that ends when it is told to. */
function heldAttempt() {
  const { promise, resolve, reject } = Promise.withResolvers<AttemptResult>();
  const held = { begun: 0, end: resolve, lose: reject };
  function perform() {
    held.begun++;
    return promise;
  }
  return { held, perform };
}

describe("attempts within a run", () => {
  it("begin with the first step that runs in this process, and not while a run is replayed", async () => {
    const inline = new InlineAttempts();
    const { held, perform } = heldAttempt();
    inline.add(1, perform);
    assert.equal(held.begun, 0);
    const recorded = inline.collect();
    assert.equal(held.begun, 1);
    held.end(resultOf("a"));
    assert.deepEqual(await recorded, [{ number: 1, result: resultOf("a") }]);
  });

  it("begin at once when they come while a step waits, and are recorded by it", async () => {
    const inline = new InlineAttempts();
    const slow = heldAttempt();
    inline.add(1, slow.perform);
    const recorded = inline.collect();
    inline.add(2, async () => resultOf("b"));
    assert.deepEqual(await recorded, [{ number: 2, result: resultOf("b") }]);
    const next = inline.collect();
    slow.held.end(resultOf("a"));
    assert.deepEqual(await next, [{ number: 1, result: resultOf("a") }]);
    assert.equal(slow.held.begun, 1);
  });

  it("are recorded together when they end together, in the order in which they ended", async () => {
    const inline = new InlineAttempts();
    const [first, second, third] = [heldAttempt(), heldAttempt(), heldAttempt()];
    for (const [index, { perform }] of [first, second, third].entries()) inline.add(index + 1, perform);
    const recorded = inline.collect();
    third.held.end(resultOf("c"));
    first.held.end(resultOf("a"));
    assert.deepEqual(
      (await recorded).map(({ number }) => number),
      [3, 1],
    );
    second.held.end(resultOf("b"));
    assert.deepEqual(
      (await inline.collect()).map(({ number }) => number),
      [2],
    );
  });

  it("that gave much are recorded by several steps, one of them alone where it must be", async () => {
    const inline = new InlineAttempts();
    const large = "x".repeat(600 * 1024);
    const sizes = ["small", large, large, large, "small"];
    for (const [index, text] of sizes.entries()) inline.add(index + 1, async () => resultOf(text));
    const steps: number[][] = [];
    while (steps.flat().length < sizes.length)
      steps.push((await inline.collect()).map(({ number }) => number));
    assert.deepEqual(steps, [[1, 2], [3], [4, 5]]);
  });

  it("that take longer than the run wants to wait go on, and are recorded by a later step", async () => {
    const inline = new InlineAttempts();
    const { held, perform } = heldAttempt();
    inline.add(1, perform);
    assert.deepEqual(await inline.collect(1), []);
    held.end(resultOf("a"));
    assert.deepEqual(await inline.collect(1), [{ number: 1, result: resultOf("a") }]);
    assert.equal(held.begun, 1);
  });

  it("that were given up before they began do not begin", async () => {
    const inline = new InlineAttempts();
    const { held, perform } = heldAttempt();
    inline.add(1, perform);
    inline.add(2, async () => resultOf("b"));
    inline.forget(1);
    assert.deepEqual(
      (await inline.collect()).map(({ number }) => number),
      [2],
    );
    assert.equal(held.begun, 0);
  });

  it("that may not be recorded fail the step, which then runs elsewhere", async () => {
    const inline = new InlineAttempts();
    const { held, perform } = heldAttempt();
    inline.add(1, perform);
    inline.add(2, async () => resultOf("b"));
    held.lose(new Error("abandoned"));
    await assert.rejects(inline.collect(), /abandoned/);
  });
});
