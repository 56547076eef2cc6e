import assert from "node:assert/strict";
import { startLeftoverRemoval } from "../../../runtime/containers/leftover-removal.ts";

describe("removal of leftover containers", () => {
  it("begins at once, goes on, and keeps what it knows nothing of", async () => {
    const kept: string[] = [];
    const told: string[] = [];
    let round = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = startLeftoverRemoval({
      runner: {
        name: "test",
        async removeLeftovers(isEnded) {
          round += 1;
          if (round === 2) throw new Error("away");
          if (round === 3) resolve();
          const ended = await Promise.all(["ended", "live", "unknown"].map(isEnded));
          kept.push(ended.join());
          return round === 1 ? 1 : 0;
        },
      },
      async isEnded(runId) {
        if (runId === "unknown") throw new Error("the engine is away");
        return runId === "ended";
      },
      logger: {
        info: (fields, message) => told.push(`${JSON.stringify(fields)} ${message}`),
        warn: (fields, message) => told.push(`${JSON.stringify(fields)} ${message}`),
      },
      intervalSeconds: 0.001,
    });
    await promise;
    await stop();
    assert.equal(kept[0], "true,false,false");
    assert.deepEqual(told.slice(0, 2), [
      '{"containers":"test","removed":1} leftovers of ended runs removed',
      '{"containers":"test","reason":"away"} leftovers cannot be removed',
    ]);
  });
});
