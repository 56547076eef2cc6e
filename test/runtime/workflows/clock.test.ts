import assert from "node:assert/strict";
import { atTime, createClock } from "../../../runtime/workflows/clock.ts";
import { silentLogger } from "./engine-server.ts";

const noon = Date.parse("2026-01-01T12:00:00Z");
const hour = 3_600_000;

/** A process whose own clock and Restate's are as they are set. */
function machine(ownAhead: number) {
  const state = { own: noon + ownAhead, restate: noon, passed: 0, takes: 0, isDown: false, looks: 0 };
  const pass = (milliseconds: number) => {
    state.own += milliseconds;
    state.restate += milliseconds;
    state.passed += milliseconds;
  };
  const clock = createClock({
    logger: silentLogger,
    own: () => state.own,
    passed: () => state.passed,
    async read() {
      state.looks += 1;
      if (state.isDown) throw new Error("down");
      pass(state.takes / 2);
      const told = state.restate;
      pass(state.takes / 2);
      return told;
    },
  });
  after(() => clock.stop());
  return { state, clock, pass };
}

/** What was begun without being waited for. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("the clock of runs", () => {
  it("is Restate's, also where this process's own is an hour off", async () => {
    for (const ahead of [hour, -hour]) {
      const { state, clock, pass } = machine(ahead);
      state.takes = 80;
      await clock.start();
      pass(5000);
      assert.equal(clock.now(), state.restate);
    }
  });

  it("leaves a difference that the answer's own time explains", async () => {
    const { state, clock } = machine(900);
    state.takes = 1000;
    await clock.start();
    assert.equal(clock.now(), state.own);
  });

  it("does not jump with this process's own, and asks Restate whether time has passed", async () => {
    const { state, clock, pass } = machine(0);
    await clock.start();
    pass(10_000);
    state.own += hour;
    assert.equal(clock.now(), state.restate);
    await settled();
    assert.equal(clock.now(), state.restate);
    assert.equal(state.looks, 2);
    // It is known now.
    pass(10_000);
    clock.now();
    assert.equal(state.looks, 2);
  });

  it("goes on where the machine slept, after one look", async () => {
    const { state, clock, pass } = machine(0);
    await clock.start();
    pass(10_000);
    state.own += hour;
    state.restate += hour;
    clock.now();
    await settled();
    assert.equal(clock.now(), state.restate);
  });

  it("goes by this process's own until Restate answers", async () => {
    const { state, clock, pass } = machine(hour);
    state.isDown = true;
    await clock.start();
    pass(10_000);
    assert.equal(clock.now(), noon + hour + 10_000);
  });

  it("is what is reckoned with for as long as an action takes", () => {
    assert.equal(
      atTime(7, () => Date.now()),
      7,
    );
    assert.throws(() =>
      atTime(7, () => {
        throw new Error("no");
      }),
    );
    assert.notEqual(Date.now(), 7);
  });
});
